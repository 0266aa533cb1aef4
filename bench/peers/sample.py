"""One batch of images drawn with 50 DDIM steps, eta 0, to pixels."""
import torch
from diffusers import DDIMScheduler

from networks import IMAGE_SIZE, SCHEDULE, TIMESTEPS, unet
from side import serve, setting

STEPS = 50

wanted = setting()
batch = wanted["batch"]
model = unet(wanted["model"]).eval()
scheduler = DDIMScheduler(num_train_timesteps=TIMESTEPS, beta_schedule=SCHEDULE, clip_sample=True)
scheduler.set_timesteps(STEPS)


@torch.inference_mode()
def sample():
    images = torch.randn(batch, 3, IMAGE_SIZE, IMAGE_SIZE)
    for time in scheduler.timesteps:
        images = scheduler.step(model(images, time).sample, time, images, eta=0.0).prev_sample
    return ((images + 1) * 127.5).clamp(0, 255).round().to(torch.uint8).numpy()


serve(sample)
