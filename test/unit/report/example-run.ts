/** A run of three rounds in which client 3 is poor twice and goes, for good or for two rounds, as a document. */
import { createHash } from 'node:crypto';
import { experimentSchemas, type Experiment } from '../../../phoenix/config/schema.ts';
import { applyRound, emptyLedger, type FilteringRule } from '../../../phoenix/federation/strikes.ts';
import { summaryOf } from '../../../phoenix/federation/summary.ts';
import type { ClientMetrics, Metrics } from '../../../phoenix/federation/metrics.ts';
import type { Ref, FullRun } from '../../../phoenix/federation/records.ts';
import { exampleMetrics } from '../../helpers/example-metrics.ts';

export const ref = (name: string): Ref => ({
  hash: createHash('sha256').update(name).digest('hex'),
  bytes: 1_234_567,
});

const metrics = (fid: number, precision: number): Metrics => exampleMetrics({ fid, precision });

const ofClient = ({
  samples,
  fid,
  inceptionScore,
  precision,
  recall,
  classCounts,
}: Metrics): ClientMetrics => ({
  samples,
  fid,
  inceptionScore,
  precision,
  recall,
  classCounts,
});

const rule: FilteringRule = {
  rule: 'lowest',
  metric: 'precision',
  threshold: null,
  strikes: 2,
  startRound: 2,
  minimumClients: 1,
  removal: 'permanent',
  skipRounds: null,
};
const settings = experimentSchemas.unet.parse({
  name: 'quickstart',
  data: { clients: 4, sharing: { alpha: 50, beta: 10 } },
});
const precisions = [0.61, 0.58, 0.66, 0.31];

function exampleRun(changes: Partial<FilteringRule> = {}): FullRun<Experiment> {
  let ledger = emptyLedger(4);
  const rounds: FullRun['rounds'][number][] = [];
  for (let round = 1; round <= 3; round++) {
    const own = precisions.map((precision, client) => ({ client, precision, recall: 0.4 }));
    const verdict = applyRound(ledger, { ...rule, ...changes }, round, own);
    ledger = verdict.ledger;
    const record = {
      round,
      clients: own.map(({ client, precision }) => ({
        client,
        training: {
          model: { base: ref(`base ${round} ${client}`), personal: ref(`personal ${round} ${client}`) },
          examples: 6000,
          steps: 47,
          firstLoss: 0.412 / round,
          lastLoss: 0.0871 / round,
        },
        metrics: round >= rule.startRound ? ofClient(metrics(0.9, precision)) : null,
      })),
      late: [],
      aggregated: ref(`aggregated ${round}`),
      serverState: { m: ref(`momentum ${round}`) },
      personalAverage: null,
      privacy: null,
      ema: null,
      metrics: metrics(12.34 / round, 0.5 + round / 10),
      samples: [ref(`samples ${round}`)],
      poor: verdict.poor,
      removed: verdict.removed,
      ledger,
      steps: [],
      startedAt: `2026-11-23T14:0${round}:00.000Z`,
      finishedAt: `2026-11-23T14:0${round}:48.000Z`,
    };
    rounds.push({ ...summaryOf(record, ref(`record ${round}`)), ...record });
  }
  return {
    run: 'quickstart-0123456789',
    experiment: 'quickstart',
    settingsHash: ref('settings').hash,
    settings: {
      ...settings,
      init: null,
      data: { ...settings.data, source: 'cifar10' },
      features: { kind: 'cifar-classifier', labels: 'own', weights: ref('classifier'), labeller: null },
    },
    state: 'finished',
    paused: false,
    failure: null,
    forkedFrom: null,
    steering: [],
    steered: false,
    timingDependent: false,
    histories: [],
    steps: [],
    partition: ref('partition'),
    yardstick: { extractor: ref('classifier'), reference: ref('reference') },
    initial: { base: ref('warm-up'), personal: ref('initial block') },
    phase: 'finished',
    startedAt: '2026-11-23T14:00:00.000Z',
    finishedAt: '2026-11-23T14:04:05.000Z',
    clients: [0, 1, 2, 3].map((id) => ({
      id,
      classes: [2 * id, 2 * id + 1],
      ownImages: 4000,
      sharedImages: 2000,
    })),
    sharedImages: 4000,
    classifier: { weights: ref('classifier'), testAccuracy: 0.6123 },
    untrained: metrics(98.7, 0.02),
    warmup: {
      model: { base: ref('warm-up'), personal: null },
      examples: 4000,
      steps: 32,
      firstLoss: 1.01,
      lastLoss: 0.4,
    },
    rounds,
    ledger,
    final: {
      weightsHash: ref('final').hash,
      global: ref('aggregated 3'),
      personal: [0, 1, 2].map((client) => ({ client, ref: ref(`personal 3 ${client}`) })),
      samples: [ref('samples 3')],
      grid: ref('grid'),
      steps: [],
    },
  };
}

export const run: FullRun<Experiment> = exampleRun();
export const runWithReturn: FullRun<Experiment> = exampleRun({ removal: 'temporary', skipRounds: 2 });

/** The same run, had it protected its clients. */
export const privateRun: FullRun<Experiment> = {
  ...run,
  rounds: run.rounds.map((round) => ({
    ...round,
    privacy: { epsilon: 1.5 * round.round, delta: 1e-5 },
  })),
};
