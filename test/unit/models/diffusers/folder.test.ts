import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readFolder, writeFolder } from '../../../../phoenix/models/diffusers/folder.ts';
import { toPyTorch } from '../../../../phoenix/models/diffusers/layout.ts';
import { initialWeights } from '../../../../phoenix/models/initial-weights.ts';
import { unetParameters } from '../../../../phoenix/models/unet-parameters.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
} from '../../../../phoenix/storage/safetensors.ts';
import { smallNetwork } from '../../../helpers/steps.ts';

const scratch = mkdtempSync(join(tmpdir(), 'phoenix-diffusers-'));
let folder: string;
let file: string;

const trained = {
  ...smallNetwork,
  sampling: { method: 'ancestral', steps: null, variance: 'fixedSmall', clip: true },
  weights: initialWeights(unetParameters(smallNetwork.model), 5),
} as const;

afterAll(() => rmSync(scratch, { recursive: true }));

beforeEach(() => {
  rmSync(scratch, { recursive: true });
  mkdirSync(scratch);
  folder = join(scratch, 'model');
  file = join(folder, 'unet', 'diffusion_pytorch_model.safetensors');
});

const message = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ name: 'UnusableFolder' });
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message.replaceAll(scratch, '');
  }
  throw new Error('there was no error');
};

describe('writing', () => {
  it('makes a folder that reads as what was written', () => {
    writeFolder(folder, trained);
    const { model, diffusion, weights } = trained;
    expect(readFolder(folder)).toEqual({ model, diffusion, weights });
    expect(readFolder(join(folder, 'unet'))).toEqual({ model, diffusion: null, weights });
  });

  it('has the files and classes of a pipeline, weights in PyTorch’s layout, and nothing beside it', () => {
    writeFolder(folder, trained);
    expect(readdirSync(scratch)).toEqual(['model']);
    expect(readdirSync(folder).sort()).toEqual(['model_index.json', 'scheduler', 'unet']);
    const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as unknown;
    expect(read('model_index.json')).toEqual({
      _class_name: 'DDPMPipeline',
      _diffusers_version: '0.42.1',
      scheduler: ['diffusers', 'DDPMScheduler'],
      unet: ['diffusers', 'UNet2DModel'],
    });
    expect(read('unet/config.json')).toMatchObject({ _class_name: 'UNet2DModel', sample_size: 8 });
    const { tensors, metadata } = decodeSafetensors(readFileSync(file));
    expect(metadata).toEqual({ format: 'pt' });
    expect(tensors.get('conv_in.weight')!.shape).toEqual([4, 3, 3, 3]);
  });

  it('takes an empty folder, and leaves a full one and a file alone', () => {
    mkdirSync(folder);
    writeFolder(folder, trained);
    const before = readFileSync(file);
    expect(message(() => writeFolder(folder, trained))).toBe(
      '/model: is not empty; supported: an empty or a new folder',
    );
    expect(readFileSync(file)).toEqual(before);
    expect(message(() => writeFolder(file, trained))).toMatch(
      /is a file; supported: an empty or a new folder$/,
    );
    expect(readdirSync(scratch)).toEqual(['model']);
  });
});

describe('reading', () => {
  beforeEach(() => writeFolder(folder, trained));

  type Change = (tensors: Map<string, Tensor>) => unknown;

  function rewrite(change: Change): void {
    const tensors = new Map(decodeSafetensors(readFileSync(file)).tensors);
    change(tensors);
    writeFileSync(file, encodeSafetensors(tensors));
  }

  it('takes the attention layers under their old names', () => {
    const old = [
      ['.to_q.', '.query.'],
      ['.to_k.', '.key.'],
      ['.to_v.', '.value.'],
      ['.to_out.0.', '.proj_attn.'],
    ] as const;
    const named = [...trained.weights].map(([name, tensor]) => {
      const before = old.reduce((text, [now, then]) => text.replace(now, then), name);
      return [before, toPyTorch(tensor)] as const;
    });
    expect(named.filter(([name]) => !trained.weights.has(name)).length).toBeGreaterThan(8);
    writeFileSync(file, encodeSafetensors(new Map(named)));
    expect(readFolder(folder).weights).toEqual(trained.weights);
  });

  it.each<[string, Change, string]>([
    [
      'a parameter that is missing',
      (tensors) => tensors.delete('conv_in.bias'),
      'conv_in.bias is missing; supported: the 144 parameters that the configuration gives',
    ],
    [
      'one too many',
      (tensors) => tensors.set('extra', tensors.get('conv_in.bias')!),
      'extra is unknown; supported: the 144 parameters that the configuration gives',
    ],
    [
      'another shape',
      (tensors) => tensors.set('conv_out.weight', tensors.get('conv_in.weight')!),
      'conv_out.weight is F32 [4, 3, 3, 3]; supported: F32 [3, 4, 3, 3]',
    ],
    [
      'another type',
      (tensors) => tensors.set('conv_out.bias', { shape: [3], data: Int32Array.of(1, 2, 3) }),
      'conv_out.bias is Int32Array [3]; supported: F32 [3]',
    ],
  ])('refuses %s', (_, change, expected) => {
    rewrite(change);
    expect(message(() => readFolder(folder))).toBe(
      `/model/unet/diffusion_pytorch_model.safetensors: ${expected}`,
    );
  });

  it('refuses half precision and damaged files', () => {
    const text = readFileSync(file, 'latin1');
    writeFileSync(file, text.replace('"F32"', '"F16"'), 'latin1');
    expect(message(() => readFolder(folder))).toMatch(/; supported: a safetensors file of float32 tensors$/);
  });

  it.each([
    ['diffusion_pytorch_model.bin', 'has its weights as diffusion_pytorch_model.bin'],
    [
      'diffusion_pytorch_model.safetensors.index.json',
      'has its weights in pieces (diffusion_pytorch_model.safetensors.index.json)',
    ],
    ['nothing.txt', 'has no weights'],
  ])('refuses weights as %s', (name, what) => {
    renameSync(file, join(folder, 'unet', name));
    expect(message(() => readFolder(folder))).toBe(
      `/model/unet: ${what}; supported: diffusion_pytorch_model.safetensors`,
    );
  });

  it('says what is no model at all', () => {
    expect(message(() => readFolder(join(scratch, 'none')))).toBe(
      '/none/config.json: cannot be read (ENOENT); supported: a folder that diffusers has saved',
    );
    writeFileSync(join(folder, 'unet', 'config.json'), '[');
    expect(message(() => readFolder(folder))).toBe(
      '/model/unet/config.json: is no JSON object; supported: a folder that diffusers has saved',
    );
  });
});
