import { describe, expect, it } from 'vitest';
import { experimentSchemas } from '../../../phoenix/config/schema.ts';
import { multiplyAdds } from '../../../phoenix/models/multiply-adds.ts';

const unet = (model: object) => experimentSchemas.unet.parse({ name: 'x', model }).model;

describe('multiply-adds', () => {
  it("of the paper's U-Net are those that are published for it", () => {
    // DDPM's CIFAR-10 network: 6.1 GMACs in the usual count, without attention's products of queries and keys.
    expect(multiplyAdds(unet({}), 32).sampling / 1e9).toBeCloseTo(6.1, 0);
  });

  it('of a U-Net are those of its layers, counted by hand', () => {
    const model = unet({ channels: [4], layersPerBlock: 1, attention: [false], groups: 2 });
    const [pixels, c] = [8 * 8, 4];
    const resnet = (inputs: number) =>
      pixels * (9 * inputs * c + 9 * c * c + (inputs === c ? 0 : inputs * c)) + 16 * c;
    const attention = pixels * 4 * c * c + 2 * c * pixels ** 2;
    const embedding = c * 16 + 16 * 16;
    const image = pixels * 2 * 9 * 3 * c;
    expect(multiplyAdds(model, 8).sampling).toBe(
      image + embedding + resnet(c) + 2 * resnet(c) + attention + 2 * resnet(2 * c),
    );
  });

  it('of a DCGAN are those of its layers, counted by hand', () => {
    const model = experimentSchemas.dcgan.parse({
      name: 'x',
      model: { kind: 'dcgan', latents: 5, generatorChannels: 1, discriminatorChannels: 1 },
    }).model;
    // Kernels of 4 × 4 on 1, 4 × 4, 8 × 8 and 16 × 16 pixels, then of 1 × 1 on all.
    const drawn = 16 * (5 * 8 + 16 * 8 * 4 + 64 * 4 * 2 + 256 * 2) + 1024 * 3;
    // Down to 16 × 16, 8 × 8, 4 × 4 and 2 × 2 pixels, then to one number.
    const judged = 16 * (256 * 3 + 64 * 2 + 16 * 2 * 4 + 4 * 4 * 8) + 4 * 8;
    expect(multiplyAdds(model, 32)).toEqual({ sampling: drawn, training: 4 * drawn + 8 * judged });
  });
});
