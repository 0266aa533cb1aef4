/** diffusers' own weight files, read as networks and written as folders. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Config } from '../../phoenix/models/diffusers/config.ts';
import { readFolder, writeFolder } from '../../phoenix/models/diffusers/folder.ts';
import { unetConfig, unetSettings } from '../../phoenix/models/diffusers/unet-config.ts';
import { decodeWeights } from '../../phoenix/models/diffusers/weights.ts';
import { unetParameters } from '../../phoenix/models/unet-parameters.ts';
import { decodeSafetensors } from '../../phoenix/storage/safetensors.ts';
import { goldenJson, goldenPath } from '../helpers/golden.ts';

interface Golden {
  readonly config: Config & { readonly sample_size: number };
  readonly params: number;
  readonly keys: readonly string[];
}

test.each(['unet_a', 'unet_b'])('%s keeps every byte through our folder', (name) => {
  const { config, params, keys } = goldenJson<Golden>(`${name}.json`);
  const model = unetSettings({ file: `${name}.json`, config });
  expect(unetConfig(model, config.sample_size)).toMatchObject(config);

  const path = goldenPath(`${name}.safetensors`);
  const weights = decodeWeights(path, readFileSync(path), unetParameters(model));
  expect([...weights.keys()].sort()).toEqual([...keys].sort());
  expect([...weights.values()].reduce((sum, { data }) => sum + data.length, 0)).toBe(params);

  const scratch = mkdtempSync(join(tmpdir(), 'phoenix-golden-'));
  try {
    const folder = join(scratch, name);
    const diffusion = { steps: 1000, schedule: 'cosine', betaStart: 1e-4, betaEnd: 0.02 } as const;
    const sampling = { method: 'ancestral', steps: null, variance: 'fixedSmall', clip: true } as const;
    writeFolder(folder, { model, diffusion, sampling, imageSize: config.sample_size, weights });
    expect(readFolder(folder)).toEqual({ model, diffusion, weights });
    const tensors = (file: string) =>
      new Map(
        [...decodeSafetensors(readFileSync(file)).tensors].map(([key, { shape, data }]) => [
          key,
          { shape, bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength) },
        ]),
      );
    expect(tensors(join(folder, 'unet/diffusion_pytorch_model.safetensors'))).toEqual(tensors(path));
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
