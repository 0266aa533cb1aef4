"""The U-Net that both sides are measured with, as diffusers builds it; bench/cases/networks.ts is the counterpart."""
import torch
from diffusers import UNet2DModel

CHANNELS = {"small": (32, 64, 64, 64), "full": (128, 256, 256, 256)}
IMAGE_SIZE = 32
TIMESTEPS = 1000
SCHEDULE = "squaredcos_cap_v2"  # diffusers' name of the cosine schedule


def unet(model):
    """diffusers' model with attention at the second level; `full` is the network of google/ddpm-cifar10-32."""
    torch.manual_seed(1)
    return UNet2DModel(
        sample_size=IMAGE_SIZE,
        block_out_channels=CHANNELS[model],
        layers_per_block=2,
        down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=None,
        norm_num_groups=32,
        norm_eps=1e-6,
        freq_shift=1,
        flip_sin_to_cos=False,
        downsample_padding=0,
    )
