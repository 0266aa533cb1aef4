/**
 * One server round, a child workflow of its experiment: the clients that are drawn train, those who must account for
 * themselves are measured, the updates are averaged, the two-strike rule judges, and the outcome is measured.
 */
import { setHandler } from '@temporalio/workflow';
import type { Experiment } from '../phoenix/config/schema.ts';
import { apportion } from '../phoenix/federation/apportion.ts';
import { keptShare } from '../phoenix/federation/moving-average.ts';
import { type PrivacySpent, privacySpent } from '../phoenix/federation/privacy/accountant.ts';
import type {
  ClientRoundRecord,
  ModelRef,
  Ref,
  RoundRecord,
  RoundSummary,
  ServerState,
  Yardstick,
} from '../phoenix/federation/records.ts';
import {
  activeClients,
  applyRound,
  withReturns,
  type Ledger,
  type RoundVerdict,
} from '../phoenix/federation/strikes.ts';
import { summaryOf } from '../phoenix/federation/summary.ts';
import { aggregation, personalAverage } from './aggregation.ts';
import { trainCohort } from './cohort.ts';
import { counted } from './labels.ts';
import { pausedSignal } from './messages.ts';
import { cpu } from './proxies.ts';
import { generateRequest, measureRequest } from './requests.ts';
import { type StepRunner, Steps } from './steps.ts';

export interface RoundInput {
  readonly experiment: Experiment;
  /** From 1. */
  readonly round: number;
  readonly partition: Ref;
  readonly yardstick: Yardstick;
  /** Global base weights that the round starts from. */
  readonly base: Ref;
  /** Their moving average; null before the first round, and where none is kept. */
  readonly ema: Ref | null;
  readonly serverState: ServerState;
  /** The active clients by ascending id, each with its own block (null where nothing is personal). */
  readonly clients: readonly Participant[];
  readonly ledger: Ledger;
  /** As far as is known when the round begins. */
  readonly isLast: boolean;
}

export interface Participant {
  readonly client: number;
  /** Images it trains on. */
  readonly images: number;
  readonly personal: Ref | null;
}

/** What the next round needs; everything else is in the store. */
export interface RoundResult {
  readonly summary: RoundSummary;
  readonly ledger: Ledger;
  readonly aggregated: Ref;
  readonly serverState: ServerState;
  readonly ema: Ref | null;
  readonly samples: readonly Ref[];
  /** Of the clients that have trained. */
  readonly personal: readonly { readonly client: number; readonly ref: Ref | null }[];
}

export async function round(input: RoundInput): Promise<RoundResult> {
  const steps = new Steps();
  setHandler(pausedSignal, (paused) => {
    steps.paused = paused;
  });
  const record = await roundRecord(input, steps);
  const { clients, ledger, aggregated, serverState, ema, samples } = record;
  return {
    summary: summaryOf(record, await cpu('record', `round ${input.round} · record`, record)),
    ledger,
    aggregated,
    serverState,
    ema,
    samples,
    personal: clients.map(({ client, training }) => ({ client, ref: training.model.personal })),
  };
}

/** Everything of a round but its signals. */
export async function roundRecord(input: RoundInput, steps: StepRunner): Promise<RoundRecord> {
  const { experiment, round: number } = input;
  const startedAt = new Date().toISOString();
  const { clients, late } = await trainCohort(input, steps);

  const privacy = spentAfter(input);
  // A client that this round removes was trained in good faith: its update counts (paper §3.2.2).
  const { model: aggregated, state: serverState } = await aggregation(input, steps, clients, privacy);
  const ema = await movingAverage(input, steps, aggregated);
  const verdict = judge(input, clients);
  const active = activeClients(verdict.ledger);
  const blocks = new Map(clients.map(({ client, training }) => [client, training.model.personal]));
  const remaining = input.clients
    .filter(({ client }) => active.includes(client))
    .map((own) => ({ ...own, personal: blocks.get(own.client) ?? own.personal }));
  const averaged =
    experiment.evaluation.personal === 'averaged' ? await personalAverage(input, steps, remaining) : null;
  const global = { base: ema ?? aggregated, personal: averaged };
  const isMeasured = experiment.evaluation.rounds !== 'last' || input.isLast;
  const samples = isMeasured ? await globalSamples(input, steps, global, remaining) : [];
  const metrics = isMeasured
    ? await steps.gpu(
        'measure',
        `round ${number} · global metrics`,
        measureRequest(experiment, input.yardstick, samples),
      )
    : null;
  return {
    round: number,
    clients,
    late,
    aggregated,
    serverState,
    ema,
    personalAverage: averaged,
    privacy,
    metrics,
    samples,
    poor: verdict.poor,
    removed: verdict.removed,
    ledger: verdict.ledger,
    steps: steps.records,
    startedAt,
    finishedAt: new Date().toISOString(),
  };
}

/** The moving average with this round's weights in it. */
async function movingAverage(
  { experiment, round: number, ema }: RoundInput,
  steps: StepRunner,
  weights: Ref,
): Promise<Ref | null> {
  const { ema: settings } = experiment.federation;
  if (settings === null) return null;
  // The first round's weights are their own average.
  if (ema === null) return weights;
  const share = keptShare(number, settings.decay);
  return steps.cpu('movingAverage', `round ${number} · moving average`, { average: ema, weights, share });
}

/** Each client may have been in every round so far, and who was is no secret: that not all are chosen hides nobody. */
function spentAfter({ experiment, round: number }: RoundInput): PrivacySpent | null {
  const { privacy } = experiment.federation;
  if (!privacy) return null;
  const { noiseMultiplier, delta } = privacy;
  return privacySpent({ noiseMultiplier, samplingRate: 1 }, number, delta);
}

/** Poor performance is a value in the history, never an exception. */
function judge(
  { experiment: { filtering }, ledger, round: number }: RoundInput,
  clients: readonly ClientRoundRecord[],
): RoundVerdict {
  if (filtering === null) return { ledger: withReturns(ledger, number + 1), poor: [], removed: [] };
  const metrics = clients.flatMap(({ client, metrics: own }) => (own === null ? [] : [{ client, ...own }]));
  return applyRound(ledger, { threshold: null, ...filtering }, number, metrics);
}

/**
 * Samples that stand for the federation. With personal layers there is no one global model: every remaining client's own
 * model (averaged base, own layers) gives a share by its number of images. Without, or where the average of these layers
 * stands in for them, one model gives all.
 */
async function globalSamples(
  { experiment, round: number }: RoundInput,
  steps: StepRunner,
  global: ModelRef,
  clients: readonly Participant[],
): Promise<Ref[]> {
  const { samples } = experiment.evaluation;
  const generate = (label: string, client: number | null, count: number, personal: Ref | null) =>
    steps.gpu(
      'generate',
      `round ${number} · ${label} · generate, ${counted(count, 'sample')}`,
      generateRequest(experiment, {
        purpose: 'global',
        round: number,
        client,
        count,
        model: { base: global.base, personal },
      }),
    );
  if (experiment.federation.personalization === 'none' || global.personal !== null) {
    return [await generate('global model', null, samples, global.personal)];
  }
  const shares = apportion(
    samples,
    clients.map(({ client, images }) => ({ client, examples: images })),
  ).filter((share) => share.samples > 0);
  const personal = new Map(clients.map((own) => [own.client, own.personal]));
  return steps.together(
    shares.map(
      (share) => () =>
        generate(`client ${share.client}`, share.client, share.samples, personal.get(share.client) ?? null),
    ),
  );
}
