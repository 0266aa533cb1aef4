/**
 * A run of an experiment, from dividing the data to the last round (paper §3.2). What it knows at any moment is one
 * document, which the query `document` returns and the store keeps after every round.
 */
import { continueAsNew, ContinueAsNew, startChild, workflowInfo } from '@temporalio/workflow';
import type { Experiment } from '../phoenix/config/schema.ts';
import type { Continuation, Models } from '../phoenix/federation/continuation.ts';
import type { FinalRecord, ModelRef, RunDocument } from '../phoenix/federation/records.ts';
import { cohortSize } from '../phoenix/federation/selection.ts';
import { activeClients } from '../phoenix/federation/strikes.ts';
import { blankDocument } from './blank-document.ts';
import { counted, roundId } from './labels.ts';
import { cpu } from './proxies.ts';
import { round } from './round.ts';
import { Run } from './run.ts';
import { initialModel, findYardstick, untrainedMetrics } from './set-up.ts';
import { Steps } from './steps.ts';
import { warmUp } from './warm-up.ts';

export interface ExperimentInput {
  readonly experiment: Experiment;
  /** Name of the run, and the workflow's id. */
  readonly run: string;
  readonly settingsHash: string;
}

/** @param carried state of the execution, or of the other run, that this one continues */
export async function experiment(
  input: ExperimentInput,
  carried: Continuation<Experiment> | null = null,
): Promise<RunDocument<Experiment>> {
  const run = new Run(input, carried?.document ?? blankDocument(input));
  try {
    let models = carried?.models ?? (await prepared(run));
    while (run.document.rounds.length < run.lastRound) {
      if (workflowInfo().continueAsNewSuggested) {
        await run.close();
        await continueAsNew<typeof experiment>(input, { document: run.document, models });
      }
      models = await nextRound(run, models);
      await run.publish();
    }
    run.enter('final samples', { final: await finalRecord(run, models) });
    await run.close();
    run.enter('finished', { state: 'finished', finishedAt: new Date().toISOString() });
    await run.publish();
    return run.document;
  } catch (error) {
    if (!(error instanceof ContinueAsNew)) await run.end(error);
    throw error;
  }
}

/** Everything before the first round. */
async function prepared(run: Run): Promise<Models> {
  const { steps, settings } = run;
  const { seed, data } = settings;
  const { partition, clients, sharedImages } = await steps.cpu(
    'prepare',
    `divide the data among ${counted(data.clients, 'client')}`,
    { seed, data },
  );
  run.enter('yardstick', { partition, clients, sharedImages });
  const { classifier, yardstick } = await findYardstick(steps, settings);
  run.enter('untrained network', { classifier, yardstick });
  let model: ModelRef = await initialModel(steps, settings);
  run.enter('warm-up', { untrained: await untrainedMetrics(steps, settings, yardstick, model) });
  if (data.sharing !== null) {
    const images = { partition, images: sharedImages };
    const warmup = await warmUp(steps, { experiment: settings, ...images, yardstick, incoming: model });
    model = warmup.model;
    run.enter('warm-up', { warmup });
  }
  run.enter('round 1', { initial: model, steps: steps.records });
  await run.publish();
  return {
    base: model.base,
    serverState: {},
    ema: null,
    personal: clients.map(() => model.personal),
    samples: [],
  };
}

async function nextRound(run: Run, { base, serverState, ema, personal }: Models): Promise<Models> {
  const number = await run.beginRound();
  const { ledger, clients, partition, yardstick } = run.document;
  const active = activeClients(ledger);
  const cohort = cohortSize(active.length, run.settings.federation.participation);
  const workflowId = roundId(run.input.run, number);
  const started = await startChild(round, {
    workflowId,
    staticSummary: `round ${number} of ${run.lastRound} · ${cohort < active.length ? `${cohort} of ` : ''}${counted(active.length, 'client')}`,
    args: [
      {
        experiment: run.settings,
        round: number,
        partition: partition!,
        yardstick: yardstick!,
        base,
        serverState,
        ema,
        ledger,
        isLast: number === run.lastRound,
        clients: active.map((client) => ({
          client,
          images: clients[client]!.ownImages + clients[client]!.sharedImages,
          personal: personal[client]!,
        })),
      },
    ],
  });
  await run.follow(started);
  const result = await started.result();
  const history = await cpu('keepHistory', `history of round ${number}`, { workflow: workflowId });
  run.endRound({ ...result.summary, history }, result.ledger);
  const blocks = new Map(result.personal.map(({ client, ref }) => [client, ref]));
  return {
    base: result.aggregated,
    serverState: result.serverState,
    ema: result.ema,
    personal: personal.map((own, client) => blocks.get(client) ?? own),
    samples: result.samples,
  };
}

/** The trained weights are the last round's base, or its moving average, and the blocks of the clients that are still there. */
async function finalRecord(
  { document, input }: Run,
  { base, ema, personal, samples }: Models,
): Promise<FinalRecord> {
  const weights = {
    global: ema ?? base,
    personal: activeClients(document.ledger).flatMap((client) => {
      const ref = personal[client] ?? null;
      return ref === null ? [] : [{ client, ref }];
    }),
  };
  const { imageSize } = input.experiment.data;
  const steps = new Steps();
  return {
    ...weights,
    samples,
    grid: await steps.cpu('grid', '10 × 10 sample grid', { imageSize, samples }),
    weightsHash: await cpu('weightsHash', 'hash of the final weights', weights),
    steps: steps.records,
  };
}
