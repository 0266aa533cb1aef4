"""A training step of the U-Net on random images: as our trainer does it, from the choice of the batch to Adam's update."""
import torch
from diffusers import DDPMScheduler

from networks import IMAGE_SIZE, SCHEDULE, TIMESTEPS, unet
from side import serve, setting

wanted = setting()
batch = wanted["batch"]
model = unet(wanted["model"])
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
scheduler = DDPMScheduler(num_train_timesteps=TIMESTEPS, beta_schedule=SCHEDULE)
count = 16 * batch
images = torch.randint(0, 256, (count, 3, IMAGE_SIZE, IMAGE_SIZE), dtype=torch.uint8)
done = 0


def step():
    global done
    indices = (torch.arange(batch) + done * batch) % count
    done += 1
    originals = images[indices].float() * (2 / 255) - 1
    noise = torch.randn_like(originals)
    time = torch.randint(0, TIMESTEPS, (batch,))
    predicted = model(scheduler.add_noise(originals, noise, time), time).sample
    loss = torch.nn.functional.mse_loss(predicted, noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


serve(step)
