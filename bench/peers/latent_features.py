"""The features of bench/cases/latent-features.ts: the same numbers."""
import numpy as np
import torch

COUNT, DIMENSIONS, LATENT = 10_000, 2048, 12
NOISE = 0.05
PART = 500  # rows at a time: what making the features takes is not to be the peak


def hashed(n):
    n = n ^ (n >> np.uint32(16))
    n = n * np.uint32(0x85EBCA6B)
    n = (n ^ (n >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return n ^ (n >> np.uint32(16))


def normal(stream, start, count):
    quarters = np.arange(4 * start, 4 * (start + count), dtype=np.uint32) + np.uint32(stream << 27)
    sums = hashed(quarters).reshape(-1, 4).astype(np.float64).sum(axis=1)
    return (sums / 2**32 - 2) * np.sqrt(3)


def features(number):
    weights = normal(0, 0, LATENT * DIMENSIONS).reshape(LATENT, DIMENSIONS) / 4
    result = np.empty((COUNT, DIMENSIONS), dtype=np.float32)
    for row in range(0, COUNT, PART):
        z = normal(2 * number - 1, row * LATENT, PART * LATENT).reshape(PART, LATENT)
        z = z * (1 + 0.15 * (number - 1)) + 0.1 * number
        noise = normal(2 * number, row * DIMENSIONS, PART * DIMENSIONS).reshape(PART, DIMENSIONS)
        result[row : row + PART] = np.maximum(z @ weights + NOISE * noise, 0)
    return torch.from_numpy(result)
