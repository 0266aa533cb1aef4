/** The DCGAN against PyTorch: three training steps, then every weight and running statistic. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from '../../phoenix/engine/compile.ts';
import { dcganOptimizerStart, dcganStep, dcganVariables } from '../../phoenix/models/dcgan-step.ts';
import { decodeSafetensors, type Tensors } from '../../phoenix/storage/safetensors.ts';
import { fromDiffusers } from '../helpers/diffusers.ts';

// Made by make.py beside it, which says what it holds.
const file = readFileSync(join(import.meta.dirname, '../fixtures/dcgan/dcgan.safetensors'));
const reference = fromDiffusers(file);
const losses = JSON.parse(decodeSafetensors(file).metadata['losses']!) as [number, number][];

const settings = { kind: 'dcgan', latents: 10, generatorChannels: 4, discriminatorChannels: 4 } as const;
const [STEPS, BATCH] = [3, 4];
const LEARNING_RATE = 2e-4;
/** PyTorch's own float32 run is up to 2.4e-7 away from the float64 run that the reference was taken from. */
const TOLERANCE = 1e-6;

const part = (prefix: string): Tensors =>
  new Map(
    [...reference].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    ),
  );

test('variables have the names and shapes of the state dicts', () => {
  const shapes = [...dcganVariables(settings).networks].map(([name, { shape }]) => `${name} ${shape.join()}`);
  expect(shapes.sort()).toEqual(
    [...part('start/')].map(([name, { shape }]) => `${name} ${shape.join()}`).sort(),
  );
});

test('losses, weights and running statistics of three steps are those of PyTorch', () => {
  const { networks, optimizers } = dcganVariables(settings);
  const program = compile({
    variables: new Map([...networks, ...optimizers]),
    functions: {
      train: {
        inputs: {
          images: { shape: [BATCH, 32, 32, 3], dtype: 'float32' },
          noise: { shape: [BATCH, settings.latents], dtype: 'float32' },
          learningRate: { shape: [], dtype: 'float32' },
        },
        body: ({ images, noise, learningRate }, trace) =>
          dcganStep({ images: images!, noise: noise! }, learningRate!, settings, trace),
      },
    },
  });
  program.set(part('start/'));
  program.fill(dcganOptimizerStart(settings));
  const batch = (name: string, step: number) => {
    const { data } = reference.get(name)!;
    return Float32Array.from(data).subarray((step * data.length) / STEPS, ((step + 1) * data.length) / STEPS);
  };
  for (const [step, [discriminator, generator]] of losses.entries()) {
    const got = program.run('train', {
      images: batch('images', step).map((pixel) => (pixel * 2) / 255 - 1),
      noise: batch('noise', step),
      learningRate: Float32Array.of(LEARNING_RATE),
    });
    expect(Math.abs(got.discriminator![0]! - discriminator)).toBeLessThan(TOLERANCE);
    expect(Math.abs(got.generator![0]! - generator)).toBeLessThan(TOLERANCE);
  }
  const after = program.get([...networks.keys()]);
  for (const [name, { data }] of part('after/')) {
    const differences = Array.from(after.get(name)!.data, (value, k) => Math.abs(value - data[k]!));
    expect(Math.max(...differences), name).toBeLessThan(TOLERANCE);
  }
  program.dispose();
});
