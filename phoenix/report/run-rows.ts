/** Runs, their rounds, and their clients in them, as the rows of tables for other programs. */
import type { Metrics } from '../federation/metrics.ts';
import type { FullRun } from '../federation/records.ts';
import { standingIn } from '../federation/standing.ts';
import type { CellProgress, SweepDocument } from '../federation/sweep.ts';
import { trafficOf } from '../federation/traffic.ts';
import { newestMetrics, roundsOf } from './cell-figures.ts';
import type { Row } from './charts/chart.ts';
import type { Run } from './groups.ts';

/** A row per cell of the sweeps, also where nothing has come of it yet, and per other run, with the newest metrics. */
export function overviewRows(sweeps: readonly SweepDocument<CellProgress>[], runs: readonly Run[]): Row[] {
  const inSweeps = new Set(sweeps.flatMap(({ cells }) => cells.map(({ run }) => run)));
  const others = runs.filter(({ run }) => !inSweeps.has(run));
  return [
    ...sweeps.flatMap(({ name, cells }) =>
      cells.map((cell) => ({ sweep: name, cell: cell.label, ...overviewRow(cell) })),
    ),
    ...others.map((document) => ({
      sweep: null,
      cell: null,
      ...overviewRow({ ...document, rounds: document.settings.federation.rounds, document }),
    })),
  ];
}

function overviewRow(cell: Omit<CellProgress, 'label'>): Row {
  const { run, experiment, state, failure, document } = cell;
  const { done, total } = roundsOf(cell);
  return {
    run,
    experiment,
    seed: (document as Run | null)?.settings.seed ?? null,
    state,
    rounds: done,
    of: total,
    ...figures(newestMetrics(cell)),
    failure: failure?.message ?? null,
  };
}

/** Round 0 is the untrained network. */
export const roundRows = ({ untrained, rounds }: FullRun): Row[] => [
  ...(untrained ? [{ round: 0, ...figures(untrained) }] : []),
  ...rounds.map((round) => ({
    round: round.round,
    clients: round.participants,
    late: round.stragglers,
    loss: round.meanLoss,
    ...figures(round.metrics),
    epsilon: round.privacy?.epsilon ?? null,
    poor: round.poor.join(' '),
    removed: round.removed.join(' '),
    startedAt: round.startedAt,
    finishedAt: round.finishedAt,
  })),
];

/** The same columns whatever has been measured. */
const figures = (metrics: Metrics | null): Row => ({
  fid: metrics?.fid ?? null,
  fidLow: metrics?.intervals.fid[0] ?? null,
  fidHigh: metrics?.intervals.fid[1] ?? null,
  fid64: metrics?.paper?.fid ?? null,
  kid: metrics?.kid.mean ?? null,
  score: metrics?.inceptionScore.mean ?? null,
  scoreStd: metrics?.inceptionScore.std ?? null,
  precision: metrics?.precision ?? null,
  recall: metrics?.recall ?? null,
  density: metrics?.density ?? null,
  coverage: metrics?.coverage ?? null,
  samples: metrics?.samples ?? null,
});

/** Bytes of weights that go to a client and come from it stand under `down` and `up`. */
export function clientRows(run: FullRun): Row[] {
  const traffic = trafficOf(run);
  return run.rounds.flatMap(({ round, clients, late, ledger }, at) => {
    const moved = new Map(traffic[at]!.map(({ client, ...bytes }) => [client, bytes]));
    return [
      ...clients.map(({ client, training, metrics }) => ({
        round,
        client,
        images: training.examples,
        steps: training.steps,
        firstLoss: training.firstLoss,
        lastLoss: training.lastLoss,
        precision: metrics?.precision ?? null,
        recall: metrics?.recall ?? null,
        ...moved.get(client),
        standing: standingIn(ledger, client),
      })),
      ...late.map(({ client, done }) => ({
        round,
        client,
        steps: done,
        ...moved.get(client),
        standing: 'late',
      })),
    ];
  });
}
