"""A training step of the DCGAN of phoenix/models/dcgan-parameters.ts: the discriminator's update, then the generator's."""
import torch
from torch import nn

from side import serve, setting

LATENTS = 100
LEARNING_RATE = 2e-4
IMAGE_SIZE = 32


def generator(width=64):
    """[batch, 100, 1, 1] to [batch, 3, 32, 32]."""
    layers = []
    inputs = LATENTS
    for k, outputs in enumerate((8 * width, 4 * width, 2 * width, width)):
        stride, padding = (1, 0) if k == 0 else (2, 1)
        layers += [
            nn.ConvTranspose2d(inputs, outputs, 4, stride, padding, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        ]
        inputs = outputs
    return nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 1, bias=False), nn.Tanh())


def discriminator(width=64):
    """[batch, 3, 32, 32] to [batch] logits."""
    layers = [nn.Conv2d(3, width, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)]
    for inputs in (width, 2 * width, 4 * width):
        layers += [
            nn.Conv2d(inputs, 2 * inputs, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * inputs),
            nn.LeakyReLU(0.2, inplace=True),
        ]
    return nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 2, bias=False), nn.Flatten(0))


torch.manual_seed(1)
batch = setting()["batch"]
G, D = generator(), discriminator()
G_optimizer, D_optimizer = (
    torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, betas=(0.5, 0.999)) for network in (G, D)
)
cross_entropy = nn.BCEWithLogitsLoss()
REAL, GENERATED = torch.ones(batch), torch.zeros(batch)
count = 16 * batch
images = torch.randint(0, 256, (count, 3, IMAGE_SIZE, IMAGE_SIZE), dtype=torch.uint8)
done = 0


def step():
    global done
    indices = (torch.arange(batch) + done * batch) % count
    done += 1
    originals = images[indices].float() * (2 / 255) - 1
    generated = G(torch.randn(batch, LATENTS, 1, 1))

    D_optimizer.zero_grad()
    D_loss = cross_entropy(D(originals), REAL) + cross_entropy(D(generated.detach()), GENERATED)
    D_loss.backward()
    D_optimizer.step()

    G_optimizer.zero_grad()
    G_loss = cross_entropy(D(generated), REAL)
    G_loss.backward()
    G_optimizer.step()
    return D_loss.item(), G_loss.item()


serve(step)
