/**
 * A run of an experiment, from dividing the data to the last round (paper §3.2). What it knows at any moment is one
 * document, which the query `document` returns and the store keeps after every round.
 */
import {
  CancellationScope,
  continueAsNew,
  ContinueAsNew,
  defineQuery,
  executeChild,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Experiment } from '../phoenix/config/schema.ts';
import type { FinalRecord, ModelRef, Ref, RunDocument } from '../phoenix/federation/records.ts';
import { activeClients, emptyLedger } from '../phoenix/federation/strikes.ts';
import { progressAttributes, settingAttributes } from './attributes.ts';
import { counted, roundId, runDetails } from './labels.ts';
import { cpu, errand } from './proxies.ts';
import type { Yardstick } from './requests.ts';
import { round } from './round.ts';
import { initialModel, trainYardstick, untrainedMetrics, warmUp } from './set-up.ts';

export interface ExperimentInput {
  readonly experiment: Experiment;
  /** Name of the run, and the workflow's id. */
  readonly run: string;
  readonly settingsHash: string;
}

/** All that a run takes along from one round to the next, and from one execution to the one that continues it. */
export interface ExperimentState {
  readonly document: RunDocument<Experiment>;
  readonly partition: Ref;
  readonly yardstick: Yardstick;
  /** Global base weights. */
  readonly base: Ref;
  /** Every client's own block by client id; null where nothing is personal. */
  readonly personal: readonly (Ref | null)[];
}

export const documentQuery = defineQuery<RunDocument<Experiment>>('document');

/** @param carried state of the execution that this one continues */
export async function experiment(
  input: ExperimentInput,
  carried: ExperimentState | null = null,
): Promise<RunDocument<Experiment>> {
  const run = new Run(input, carried?.document ?? blankDocument(input));
  setHandler(documentQuery, () => run.document);
  try {
    let state = carried ?? (await prepared(run));
    while (state.document.rounds.length < input.experiment.federation.rounds) {
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof experiment>(input, state);
      state = await nextRound(run, state);
    }
    run.enter('final samples', { final: await finalRecord(run, state) });
    run.enter('finished', { state: 'finished', finishedAt: new Date().toISOString() });
    await run.publish();
    return run.document;
  } catch (error) {
    if (!(error instanceof ContinueAsNew)) await run.end(isCancellation(error) ? 'cancelled' : 'failed');
    throw error;
  }
}

/** The document of a run, and everything that shows it to the world. */
class Run {
  readonly input: ExperimentInput;
  document: RunDocument<Experiment>;

  constructor(input: ExperimentInput, document: RunDocument<Experiment>) {
    this.input = input;
    this.document = document;
    upsertSearchAttributes(settingAttributes(input.experiment));
    this.enter(document.phase);
  }

  /** Notes what is going on from here on, and what has become known. */
  enter(phase: string, news: Partial<RunDocument<Experiment>> = {}): void {
    this.document = { ...this.document, ...news, phase };
    upsertSearchAttributes(progressAttributes(this.document));
    setCurrentDetails(runDetails(this.document, this.input.experiment.federation.rounds));
  }

  async publish(): Promise<void> {
    await errand('publish', `publish: ${this.document.phase}`, this.document);
  }

  /** Leaves the phase as it was, which says where the run came to an end. */
  async end(state: 'failed' | 'cancelled'): Promise<void> {
    this.enter(this.document.phase, { state, finishedAt: new Date().toISOString() });
    try {
      // A store that is away must not keep a run from ending.
      await CancellationScope.nonCancellable(() =>
        CancellationScope.withTimeout('1 min', () => this.publish()),
      );
    } catch (error) {
      log.warn('the last state of the run could not be published', { error });
    }
  }
}

/** Everything before the first round. */
async function prepared(run: Run): Promise<ExperimentState> {
  const { experiment: settings } = run.input;
  const { seed, data } = settings;
  const { partition, clients, sharedImages } = await cpu(
    'prepare',
    `divide the data among ${counted(data.clients, 'client')}`,
    { seed, data },
  );
  run.enter('classifier', { clients, sharedImages });
  const { classifier, yardstick } = await trainYardstick(settings);
  run.enter('untrained network', { classifier });
  let model: ModelRef = await initialModel(settings);
  run.enter('warm-up', { untrained: await untrainedMetrics(settings, yardstick, model) });
  if (data.sharing !== null) {
    const warmup = await warmUp(settings, data.sharing, partition, sharedImages, model);
    model = warmup.model;
    run.enter('warm-up', { warmup });
  }
  run.enter('round 1');
  await run.publish();
  const personal = clients.map(() => model.personal);
  return { document: run.document, partition, yardstick, base: model.base, personal };
}

async function nextRound(run: Run, state: ExperimentState): Promise<ExperimentState> {
  const { experiment: settings, run: name } = run.input;
  const { rounds, ledger, clients } = run.document;
  const number = rounds.length + 1;
  const active = activeClients(ledger);
  const { partition, yardstick, base, personal } = state;
  const { record, ledger: judged } = await executeChild(round, {
    workflowId: roundId(name, number),
    staticSummary: `round ${number} of ${settings.federation.rounds} · ${counted(active.length, 'client')}`,
    args: [
      {
        experiment: settings,
        round: number,
        partition,
        yardstick,
        base,
        ledger,
        clients: active.map((client) => ({
          client,
          images: clients[client]!.ownImages + clients[client]!.sharedImages,
          personal: personal[client]!,
        })),
      },
    ],
  });
  const last = number === settings.federation.rounds;
  run.enter(last ? 'final samples' : `round ${number + 1}`, { rounds: [...rounds, record], ledger: judged });
  await run.publish();
  const blocks = new Map(record.clients.map(({ client, training }) => [client, training.model.personal]));
  return {
    ...state,
    document: run.document,
    base: record.aggregated,
    personal: personal.map((own, client) => blocks.get(client) ?? own),
  };
}

/** The trained weights are the last round's base and the blocks of the clients that are still there. */
async function finalRecord({ document }: Run, { base, personal }: ExperimentState): Promise<FinalRecord> {
  const { samples } = document.rounds.at(-1)!;
  const weights = {
    global: base,
    personal: activeClients(document.ledger).flatMap((client) => {
      const ref = personal[client] ?? null;
      return ref === null ? [] : [{ client, ref }];
    }),
  };
  const { imageSize } = document.settings.data;
  return {
    ...weights,
    samples,
    grid: await cpu('grid', '10 × 10 sample grid', { imageSize, samples }),
    weightsHash: await errand('weightsHash', 'hash of the final weights', weights),
  };
}

function blankDocument({
  experiment: settings,
  run,
  settingsHash,
}: ExperimentInput): RunDocument<Experiment> {
  return {
    run,
    experiment: settings.name,
    settingsHash,
    settings,
    state: 'running',
    phase: 'data',
    startedAt: workflowInfo().runStartTime.toISOString(),
    finishedAt: null,
    clients: [],
    sharedImages: 0,
    classifier: null,
    untrained: null,
    warmup: null,
    rounds: [],
    ledger: emptyLedger(settings.data.clients),
    final: null,
  };
}
