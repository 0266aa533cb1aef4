/** Activities that answer at once, with results that tell what they were asked, and a list of what was asked. */
import { sha256Hex } from '../../phoenix/storage/canonical-json.ts';
import type { AggregateRequest } from '../../activities/steps/aggregate.ts';
import type { CpuActivities } from '../../activities/cpu.ts';
import type { GpuActivities } from '../../activities/gpu.ts';
import type { Metrics } from '../../phoenix/federation/metrics.ts';
import type { Outcome, Ref, RoundRecord, RunDocument } from '../../phoenix/federation/records.ts';
import type { SweepDocument } from '../../phoenix/federation/sweep.ts';
import { exampleMetrics } from './example-metrics.ts';

export const named = (name: string): Ref => ({ hash: sha256Hex(name), bytes: name.length });

/** The outcome of a step that was computed in one go. */
export const computed = <R>(result: R): Outcome<R> => ({
  result,
  step: { key: sha256Hex(JSON.stringify(result)), reused: false, resumedFrom: null, mixed: false },
});

export const metricsOf = (precision: number, samples: number): Metrics =>
  exampleMetrics({ samples, referenceImages: 10_000, fid: 10 * (1 - precision), precision, recall: 0.5 });

export interface FakeActivities {
  readonly cpu: CpuActivities;
  readonly gpu: GpuActivities;
  /** Labels of the GPU steps, in the order in which they were started. */
  readonly labels: string[];
  readonly published: RunDocument[];
  readonly sweeps: SweepDocument[];
  readonly records: RoundRecord[];
  readonly aggregates: AggregateRequest[];
}

/** `precision` of a set of samples: by what they are called, such as "client 3" or "global". */
export function fakeActivities(
  precision: (samples: string) => number,
  overrides: Partial<GpuActivities> = {},
): FakeActivities {
  const labels: string[] = [];
  const published: RunDocument[] = [];
  const sweeps: SweepDocument[] = [];
  const records: RoundRecord[] = [];
  const aggregates: AggregateRequest[] = [];
  const names = new Map<string, string>();
  const samplesRef = (name: string): Ref => {
    const ref = named(name);
    names.set(ref.hash, name);
    return ref;
  };
  const gpu: GpuActivities = {
    trainClassifier: async () => computed({ weights: named('classifier'), testAccuracy: 0.6 }),
    referenceFeatures: async () => computed(named('reference')),
    train: async ({ client, round, incoming }) =>
      computed({
        model: {
          base: named(`base of ${client} from ${incoming.base.hash}`),
          personal: incoming.personal && named(`block of ${client} after round ${round}`),
        },
        examples: 100,
        steps: 10,
        firstLoss: 1,
        lastLoss: 0.5,
      }),
    generate: async ({ purpose, client, count, model }) =>
      computed(samplesRef(`${purpose} ${client} ${count} ${JSON.stringify(model)}`)),
    measure: async ({ samples }) => computed(metricsOf(precision(names.get(samples[0]!.hash)!), 100)),
    ...overrides,
  };
  for (const step of Object.keys(gpu) as (keyof GpuActivities)[]) {
    const activity = gpu[step] as (...args: [unknown, string, number | null]) => Promise<unknown>;
    const recorded = (...args: [unknown, string, number | null]) => {
      labels.push(args[1]);
      return activity(...args);
    };
    Object.assign(gpu, { [step]: recorded });
  }
  const cpu: CpuActivities = {
    prepare: async ({ data }) =>
      computed({
        partition: named('partition'),
        clients: Array.from({ length: data.clients }, (_, id) => ({
          id,
          classes: [id],
          ownImages: 4000,
          sharedImages: 0,
        })),
        sharedImages: 2000,
      }),
    initialise: async () => computed({ base: named('initial base'), personal: named('initial block') }),
    aggregate: async (request) => {
      aggregates.push(request);
      const { updates, strategy } = request;
      const model = named(`average of ${updates.map(({ base }) => base.hash).join()}`);
      const weight = updates.reduce((sum, update) => sum + update.weight, 0);
      const state = strategy.kind === 'fedavgm' ? { m: named(`momentum of ${model.hash}`) } : {};
      return computed({ model, weight, state });
    },
    movingAverage: async ({ average, weights, share }) =>
      computed(named(`${share} of ${average.hash} and ${weights.hash}`)),
    grid: async () => computed(named('grid')),
    record: async (round) => {
      records.push(round);
      return named(`record ${records.length}`);
    },
    keepHistory: async ({ workflow }) => ({ workflow, ref: named(`history of ${workflow}`) }),
    publish: async (document) => void published.push(document),
    publishSweep: async (document) => void sweeps.push(document),
    followRun: async () => ({ state: 'finished', failure: null }),
    weightsHash: async (weights) => sha256Hex(JSON.stringify(weights)),
  };
  return { cpu, gpu, labels, published, sweeps, records, aggregates };
}
