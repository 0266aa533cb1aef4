"""A forward pass of the U-Net, without what a backward pass would need."""
import torch

from networks import IMAGE_SIZE, unet
from side import serve, setting

wanted = setting()
batch = wanted["batch"]
model = unet(wanted["model"]).eval()
images = torch.rand(batch, 3, IMAGE_SIZE, IMAGE_SIZE) * 2 - 1
time = torch.full((batch,), 500)


@torch.inference_mode()
def forward():
    return model(images, time).sample.numpy()


serve(forward)
