/** The clients' base weights become the next global model, as the strategy says (paper §2.2). */
import { clipped } from '../../phoenix/federation/privacy/clipped.ts';
import type { Aggregate, Outcome, Ref, ServerState } from '../../phoenix/federation/records.ts';
import { type StrategySettings, strategyOf } from '../../phoenix/federation/strategies/index.ts';
import type { Strategy, Update, Weights } from '../../phoenix/federation/strategies/strategy.ts';
import { addGaussian } from '../../phoenix/noise/gaussian.ts';
import type { Blobs } from '../../phoenix/storage/blobs.ts';
import { ModelStreams } from '../../phoenix/storage/model-streams.ts';
import { emptyFile, type Layout } from '../../phoenix/storage/safetensors.ts';
import { runStep, stepKey } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';

export interface AggregateRequest {
  readonly strategy: StrategySettings;
  /** From 1; null where the strategy does not need it, as is `global`. */
  readonly round: number | null;
  /** The model that the round started from. */
  readonly global: Ref | null;
  /** What the strategy has kept; empty before the first round. */
  readonly state: ServerState;
  /** Longer updates of clients are scaled down to this norm; null: none is. */
  readonly clip: number | null;
  /** Standard deviation of the noise in each weight of the average; 0: none. */
  readonly noiseStd: number;
  /** By ascending client id: the order of the sums. */
  readonly updates: readonly (Update & { readonly base: Ref })[];
}

/** @throws MismatchedUpdate, BadSafetensors, CorruptObject, MissingObject; RangeError without clients */
export async function aggregate(
  context: StepContext,
  request: AggregateRequest,
): Promise<Outcome<Aggregate>> {
  const { blobs } = context;
  const { strategy: settings, round, global, state, clip, noiseStd, updates } = request;
  const identity = {
    name: 'aggregate',
    version: 2,
    settings: { strategy: settings, round, clip, noiseStd },
    inputs: { updates, global, state },
    seed: 0,
  };
  return runStep(context, identity, request, async () => {
    if (updates.length === 0) throw new RangeError('an average needs at least one client');
    const strategy = clip === null ? strategyOf(settings) : clipped(strategyOf(settings), clip);
    const weights = strategy.weigh(updates, await measured(blobs, strategy, request));
    // Drawn and stored before anything is made of it: a retry adds the same noise.
    const seed = noiseStd === 0 ? null : await context.noiseSeed(stepKey(identity));
    return combined(blobs, strategy, weights, request, seed);
  });
}

/** The first pass, where the strategy has one. */
async function measured(
  blobs: Blobs,
  { measure }: Strategy,
  { global, updates }: AggregateRequest,
): Promise<Float64Array> {
  const sums = new Float64Array(measure?.sums(updates.length) ?? 0);
  if (measure === null) return sums;
  const clients = updates.map(({ base }) => base);
  const models = await ModelStreams.open(blobs, global === null ? clients : [...clients, global]);
  await models.walk((blocks) => {
    measure.add(sums, blocks.slice(0, clients.length), blocks[clients.length] ?? null);
  });
  return sums;
}

/** The second pass: all models that count, and what the server keeps, go in; the new ones come out. */
async function combined(
  blobs: Blobs,
  { combine, server }: Strategy,
  weights: Weights,
  { round, global, state, noiseStd, updates }: AggregateRequest,
  seed: Uint8Array | null,
): Promise<Aggregate> {
  const counting = [
    ...(global !== null && weights.global > 0 ? [{ base: global, weight: weights.global }] : []),
    ...updates
      .map(({ base }, client) => ({ base, weight: weights.clients[client]! }))
      .filter(({ weight }) => weight > 0),
  ];
  const counts = counting.map(({ weight }) => weight);
  const kept = (server?.slots ?? []).flatMap((slot) => state[slot] ?? []);
  const inputs = [...counting.map(({ base }) => base), ...(server === null ? [] : [global!, ...kept])];

  const models = await ModelStreams.open(blobs, inputs);
  const model = blankModel(models.layout);
  const slots = new Map((server?.slots ?? []).map((slot) => [slot, blankModel(models.layout)]));
  await models.walk((blocks, at) => {
    const end = at + blocks[0]!.length;
    const out = model.values.subarray(at, end);
    const counted = blocks.slice(0, counts.length);
    if (seed === null) combine(counted, counts, out);
    else {
      // Rounded once, with the noise in it.
      const average = new Float64Array(out.length);
      combine(counted, counts, average);
      addGaussian(average, seed, at, noiseStd);
      out.set(average);
    }
    if (server === null) return;
    const [before, ...old] = blocks.slice(counts.length);
    const own = [...slots.values()].map(({ values }) => values.subarray(at, end));
    old.forEach((block, slot) => own[slot]!.set(block));
    server.step(before!, out, own, round);
  });
  const stored: Record<string, Ref> = {};
  for (const [slot, { bytes }] of slots) stored[slot] = await blobs.put(bytes);
  return {
    model: await blobs.put(model.bytes),
    weight: counts.reduce((sum, weight) => sum + weight, 0),
    state: stored,
  };
}

/** A safetensors file of zeros, and its values as one vector. */
function blankModel(layout: Layout): { bytes: Uint8Array; values: Float32Array } {
  const { bytes, start } = emptyFile(layout);
  return { bytes, values: new Float32Array(bytes.buffer, start) };
}
