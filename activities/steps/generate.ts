/** Samples from a model, drawn from pure noise (paper §2.1, §4.1). */
import { setImmediate } from 'node:timers/promises';
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import type { ModelRef, Outcome, Ref } from '../../phoenix/federation/records.ts';
import { runStep, type Checkpoints } from '../../phoenix/storage/steps.ts';
import { StepStopped, type EngineContext } from './context.ts';
import type { Sampler } from './engine.ts';
import { loadModel } from './models.ts';
import type { SamplerSettings } from './settings.ts';
import { CheckpointClock } from './training-loop.ts';

export interface GenerateRequest {
  readonly seed: number;
  readonly network: SamplerSettings;
  readonly model: ModelRef;
  readonly count: number;
  /** What the samples are for, and which round and client: they decide the noise. */
  readonly purpose: 'untrained' | 'warm-up' | 'client' | 'global';
  readonly round: number;
  /** Null: a model that belongs to everybody. */
  readonly client: number | null;
  readonly checkpointSeconds: number;
}

/**
 * Samples are made in pieces of this many, each from its own seed: a step that is interrupted goes on after its last
 * saved piece. It is part of the result, and a multiple of the sampler's batch so that none goes to waste.
 */
const PIECE = 512;

/**
 * The samples: safetensors `images`, uint8 [count, size, size, 3].
 *
 * @throws StepStopped, CorruptObject, MissingObject
 */
export async function generate(context: EngineContext, request: GenerateRequest): Promise<Outcome<Ref>> {
  const { blobs } = context;
  const { network, model, count, purpose, round, client } = request;
  const identity = {
    name: 'generate',
    version: 2,
    settings: { network, count },
    inputs: { base: model.base, personal: model.personal },
    seed: deriveSeed(request.seed, 'generate', purpose, round, client ?? 'all'),
  };
  return runStep(context, identity, request, async (checkpoints) => {
    const sampler = await context.engine.sampler(network);
    sampler.load(await loadModel(blobs, model));
    const images = await sampleThrough(context, checkpoints, sampler, request, identity.seed);
    return blobs.putTensors(sampleTensors(images, network.imageSize));
  });
}

async function sampleThrough(
  context: EngineContext,
  checkpoints: Checkpoints,
  sampler: Sampler,
  { network, count, checkpointSeconds }: GenerateRequest,
  seed: number,
): Promise<Uint8Array> {
  const imageBytes = network.imageSize ** 2 * 3;
  const images = new Uint8Array(count * imageBytes);
  const newest = await checkpoints.load();
  if (newest) images.set(newest.tensors.get('images')!.data as Uint8Array);

  let done = newest?.done ?? 0;
  let saved = done;
  const clock = new CheckpointClock(checkpointSeconds);
  const save = async (): Promise<void> => {
    const finished = images.subarray(0, done * imageBytes);
    await clock.timed(() => checkpoints.save(done, sampleTensors(finished, network.imageSize), null));
    saved = done;
  };
  while (done < count) {
    const piece = Math.min(PIECE, count - done);
    const samples = await sampler.sample(piece, deriveSeed(seed, 'piece', done), async (drawn) => {
      context.progress({ done: done + drawn, total: count });
      // The engine blocks its thread for each reverse step: let messages in before the next one.
      await setImmediate();
      if (!context.stopRequested()) return;
      if (done > saved) await save();
      throw new StepStopped('generate', done);
    });
    images.set(samples, done * imageBytes);
    done += piece;
    if (clock.due() && done < count) await save();
  }
  return images;
}

const sampleTensors = (images: Uint8Array, size: number) =>
  new Map([['images', { shape: [images.length / (size * size * 3), size, size, 3], data: images }]]);
