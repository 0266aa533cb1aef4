/** A report of a sweep in which a cell has failed and one waits, and one as large as all of the paper's tables. */
import sharp from 'sharp';
import type { StepRecord } from '../../../phoenix/federation/records.ts';
import type { CellProgress } from '../../../phoenix/federation/sweep.ts';
import type { AuditedStep } from '../../../phoenix/report/audit.ts';
import { chartsOf, comparingCharts } from '../../../phoenix/report/charts/index.ts';
import { sampleGrid } from '../../../phoenix/report/grid.ts';
import { groupsOf, type Run } from '../../../phoenix/report/groups.ts';
import { drawn, type Figure } from '../../../phoenix/report/page/figures.ts';
import type { ReportedSweep } from '../../../phoenix/report/page/overview.ts';
import type { Report } from '../../../phoenix/report/page/report-page.ts';
import { comparedTables } from '../../../phoenix/report/paper-tables.ts';
import { samplesPicture } from '../../../phoenix/report/pictures.ts';
import { cifar10Fixture } from '../../helpers/cifar10-fixture.ts';
import { ref, run } from './example-run.ts';

const step = (label: string, changes: Partial<StepRecord> = {}): StepRecord => ({
  label,
  key: ref(label).hash,
  reused: false,
  resumedFrom: null,
  mixed: false,
  ...changes,
});

/** With the steps that its workflows would have recorded. */
export const traced = (bare: Run): Run => ({
  ...bare,
  steps: [
    step('divide the data among 4 clients'),
    step('cifar-classifier · features of the test images', { reused: true }),
    step('initial weights'),
    step('untrained · generate, 1,000 samples'),
    step('untrained · metrics'),
    step('warm-up · train, 4,000 images', { resumedFrom: 12 }),
  ],
  rounds: bare.rounds.map((round) => ({
    ...round,
    steps: [
      ...round.clients.map(({ client }) =>
        step(`round ${round.round} · client ${client} · train, 6,000 images`),
      ),
      step(`round ${round.round} · client 0 · metrics`),
      step(`round ${round.round} · average of ${round.clients.length} clients`),
      step(`round ${round.round} · global metrics`),
    ],
  })),
});

/** A run in the cell (β, α) = (25, α) of table 3, whose FID is better the more is shared. */
export function cellRun(alpha: number, seed = 2023, base: Run = traced(run)): Run {
  const { sharing } = base.settings.data;
  const worse = 1 + (100 - alpha) / 100 + (seed % 7) / 50;
  return {
    ...base,
    run: `shared-${alpha}-${seed}`,
    settings: {
      ...base.settings,
      seed,
      data: { ...base.settings.data, imageSize: 16, sharing: { ...sharing!, alpha, beta: 25 } },
    },
    rounds: base.rounds.map((round) => ({
      ...round,
      metrics: round.metrics && { ...round.metrics, fid: round.metrics.fid * worse },
    })),
  };
}

export const runs = [cellRun(25), cellRun(50), cellRun(100, 2023), cellRun(100, 2024)];

export const sweep: ReportedSweep = {
  name: 'example-sweep',
  ui: 'http://127.0.0.1:8233/namespaces/default/workflows/sweep%2Fexample-sweep',
  sweepHash: ref('sweep').hash,
  state: 'running',
  paused: false,
  maxParallel: 2,
  startedAt: run.startedAt,
  finishedAt: null,
  cells: [
    ...runs.map((document): CellProgress => ({
      label: `α ${document.settings.data.sharing!.alpha} %, seed ${document.settings.seed}`,
      experiment: document.experiment,
      run: document.run,
      rounds: 3,
      state: 'finished',
      failure: null,
      document,
    })),
    {
      label: 'α 75 %, seed 2023',
      experiment: run.experiment,
      run: 'shared-75-2023',
      rounds: 3,
      state: 'failed',
      failure: { type: 'TrainingDiverged', message: 'the loss of client 2 is not a number after step 31' },
      document: null,
    },
    {
      label: 'α 75 %, seed 2024',
      experiment: run.experiment,
      run: 'shared-75-2024',
      rounds: 3,
      state: 'waiting',
      failure: null,
      document: null,
    },
  ],
};

const addressOf = ({ run: name }: Run): string =>
  `http://127.0.0.1:8233/namespaces/default/workflows/${name}`;

async function reportOf(
  all: readonly Run[],
  sweeps: Report['sweeps'],
  figures: readonly Figure[],
): Promise<Report> {
  const groups = groupsOf(all);
  return {
    sweeps,
    runs: all.map((each) => ({ run: each, figures, ui: addressOf(each) })),
    tables: comparedTables(groups),
    figures: await drawn(comparingCharts(groups)),
    version: null,
  };
}

/** Its runs differ in their numbers alone: the charts of one stand for all, since drawing takes its time. */
export async function exampleReport(): Promise<Report> {
  const plain = sharp({ create: { width: 662, height: 662, channels: 3, background: '#a65' } });
  const picture = samplesPicture(await plain.png().toBuffer());
  return reportOf(runs, [sweep], await drawn(chartsOf(runs[0]!, [], null), [picture]));
}

/** All cells of the paper's tables: ten clients, ten rounds, real images, and all steps in the timeline. */
export async function largeReport(): Promise<Report> {
  const client = (round: Run['rounds'][number], id: number) => {
    const own = round.clients[id % round.clients.length]!;
    return {
      ...own,
      client: id,
      training: { ...own.training, lastLoss: own.training.lastLoss * (1 + id / 31) },
    };
  };
  const grown: Run = {
    ...run,
    clients: Array.from({ length: 10 }, (_, id) => ({ ...run.clients[id % 4]!, id })),
    rounds: Array.from({ length: 10 }, (_, i) => {
      const round = run.rounds[Math.min(i, 1)]!;
      const standings = Array.from({ length: 10 }, (__, id) => ({ ...round.ledger.clients[0]!, client: id }));
      return {
        ...round,
        round: i + 1,
        clients: Array.from({ length: 10 }, (__, id) => client(round, id)),
        poor: [],
        ledger: { ...round.ledger, clients: standings },
      };
    }),
  };
  const large = Array.from({ length: 18 }, (_, i) => cellRun(25 * (1 + (i % 4)), i, traced(grown)));
  const steps = large[0]!.rounds.flatMap(({ round, steps: own }) =>
    own.map(({ label, ...trace }, i): AuditedStep => ({
      workflow: `${run.run}/round-${round}`,
      label,
      startedAt: new Date(Date.parse(run.startedAt) + (round * 20 + i) * 7919).toISOString(),
      endedAt: new Date(Date.parse(run.startedAt) + (round * 20 + i + 1) * 7919).toISOString(),
      worker: null,
      attempts: 1,
      retriedAfter: null,
      end: 'done',
      failure: null,
      step: trace,
    })),
  );
  const { images } = cifar10Fixture().test;
  const picture = samplesPicture(await sampleGrid(images.subarray(0, 100 * 32 * 32 * 3), 10, 10, 32));
  const figures = await drawn(chartsOf(large[0]!, steps, null), [picture]);
  return reportOf(large, [], figures);
}
