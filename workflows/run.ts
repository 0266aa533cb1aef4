/** The document of a run, everything that shows it to the world, and everything that steers it. */
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  type ChildWorkflowHandle,
  condition,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Experiment } from '../phoenix/config/schema.ts';
import { failureOf } from '../phoenix/federation/failure.ts';
import type { RunDocument, RoundSummary } from '../phoenix/federation/records.ts';
import {
  actsDuring,
  changesResults,
  judgeSteering,
  lastRound,
  thresholdIn,
  withClientsMoved,
  type Steered,
  type SteeringRequest,
  type SteeringVerdict,
} from '../phoenix/federation/steering.ts';
import type { Ledger } from '../phoenix/federation/strikes.ts';
import { isTimingDependent } from '../phoenix/federation/summary.ts';
import { progressAttributes, settingAttributes } from './attributes.ts';
import type { ExperimentInput } from './experiment.ts';
import { roundId, runDetails } from './labels.ts';
import { documentQuery, pausedSignal, steerUpdate } from './messages.ts';
import { cpu } from './proxies.ts';
import type { round } from './round.ts';
import { Steps } from './steps.ts';

export class Run {
  readonly input: ExperimentInput;
  readonly steps: Steps;
  document: RunDocument<Experiment>;
  /** The round under way. */
  #round: ChildWorkflowHandle<typeof round> | null = null;
  #begun: number;
  #told: Promise<void> = Promise.resolve();
  #published: Promise<unknown> = Promise.resolve();

  constructor(input: ExperimentInput, document: RunDocument<Experiment>) {
    this.input = input;
    this.document = document;
    this.steps = new Steps(document.paused);
    this.#begun = document.rounds.length;
    upsertSearchAttributes(settingAttributes(input.experiment));
    this.enter(document.phase);
    setHandler(documentQuery, () => this.document);
    setHandler(steerUpdate, (request) => this.#steer(request), {
      validator: (request) => {
        const verdict = this.#judge(request);
        if ('refusal' in verdict) throw ApplicationFailure.nonRetryable(verdict.refusal, 'SteeringRefused');
      },
    });
    setHandler(pausedSignal, (paused) => this.#hold(paused));
  }

  get lastRound(): number {
    return lastRound(this.input.experiment.federation.rounds, this.document.steering);
  }

  /** The settings with what has been changed by hand since, for the round that begins next. */
  get settings(): Experiment {
    const { experiment } = this.input;
    const { filtering } = experiment;
    if (filtering?.rule !== 'threshold') return experiment;
    const threshold = thresholdIn(this.#begun, filtering.threshold, this.document.steering)!;
    return { ...experiment, filtering: { ...filtering, threshold } };
  }

  /** Notes what is going on from here on, and what has become known. */
  enter(phase: string, news: Partial<RunDocument<Experiment>> = {}): void {
    this.document = { ...this.document, ...news, phase };
    upsertSearchAttributes(progressAttributes(this.document));
    setCurrentDetails(runDetails(this.document, this.lastRound));
  }

  /** Waits while the run is paused. Returns the number of the round. */
  async beginRound(): Promise<number> {
    await this.steps.whenRunning();
    this.#begun = this.document.rounds.length + 1;
    return this.#begun;
  }

  /** A round that was to pause before it could be told. */
  async follow(started: ChildWorkflowHandle<typeof round>): Promise<void> {
    this.#round = started;
    if (this.steps.paused) await this.#tell(true);
  }

  endRound(summary: RoundSummary, verdict: Ledger): void {
    const { rounds, steering } = this.document;
    this.#round = null;
    const isLast = summary.round >= this.lastRound;
    const all = [...rounds, summary];
    this.enter(isLast ? 'final samples' : `round ${summary.round + 1}`, {
      rounds: all,
      timingDependent: isTimingDependent(all),
      ledger: withClientsMoved(verdict, actsDuring(summary.round, steering)),
    });
  }

  /** Writes the document to the store, one state after the other: an older one never replaces a newer one. */
  async publish(): Promise<void> {
    const turn = this.#published.then(() => cpu('publish', `publish: ${this.document.phase}`, this.document));
    // Whoever publishes next waits for this turn, but its failure is for the one who asked for it.
    this.#published = turn.catch(() => {});
    await turn;
  }

  /** Before the execution is over: its history goes to the store, and whoever steers it gets an answer. */
  async close(): Promise<void> {
    await this.#keepHistory(this.input.run);
    await condition(allHandlersFinished);
  }

  /** Leaves the phase as it was, which says where the run came to an end. */
  async end(error: unknown): Promise<void> {
    const finishedAt = new Date().toISOString();
    const failedRound = this.#begun > this.document.rounds.length ? this.#begun : null;
    this.#round = null;
    if (isCancellation(error)) {
      this.#record({ kind: 'cancel' }, `cancelled in ${this.document.phase}`);
      this.enter(this.document.phase, { state: 'cancelled', finishedAt });
    } else {
      this.enter(this.document.phase, { state: 'failed', finishedAt, failure: failureOf(error) });
    }
    try {
      // A store that is away must not keep a run from ending.
      await CancellationScope.nonCancellable(() =>
        CancellationScope.withTimeout('1 min', async () => {
          await this.publish();
          if (failedRound !== null) await this.#keepHistory(roundId(this.input.run, failedRound));
          await this.#keepHistory(this.input.run);
          await this.publish();
        }),
      );
    } catch (reason) {
      log.warn('the last state of the run could not be published', { error: reason });
    }
  }

  async #keepHistory(workflow: string): Promise<void> {
    const kept = await cpu('keepHistory', `history of ${workflow}`, { workflow });
    if (kept !== null) this.document = { ...this.document, histories: [...this.document.histories, kept] };
  }

  /** By the sweep that it is a cell of, which does not ask whether there is anything to hold. */
  async #hold(paused: boolean): Promise<void> {
    const request = { kind: paused ? 'pause' : 'resume' } as const;
    if (!('refusal' in this.#judge(request))) await this.#steer(request);
  }

  async #steer(request: SteeringRequest): Promise<string> {
    const verdict = this.#judge(request);
    // Judged again: another request may have been accepted since.
    if ('refusal' in verdict) throw ApplicationFailure.nonRetryable(verdict.refusal, 'SteeringRefused');
    this.#record(request, verdict.effect);
    if (request.kind === 'pause' || request.kind === 'resume') {
      const paused = request.kind === 'pause';
      this.steps.paused = paused;
      this.enter(this.document.phase, { paused });
      await this.#tell(paused);
    } else {
      const { ledger, steering } = this.document;
      const atOnce = this.#inRound ? [] : steering.slice(-1);
      this.enter(this.document.phase, { ledger: withClientsMoved(ledger, atOnce) });
    }
    await this.publish();
    return verdict.effect;
  }

  #judge(request: SteeringRequest): SteeringVerdict {
    const { paused, ledger, steering, state } = this.document;
    if (state !== 'running') return { refusal: `it is ${state}` };
    const { federation, filtering, evaluation } = this.input.experiment;
    return judgeSteering(
      {
        paused,
        ledger,
        steering,
        begun: this.#begun,
        inRound: this.#inRound,
        rounds: federation.rounds,
        threshold: filtering?.rule === 'threshold' ? filtering.threshold : null,
        measured: evaluation.rounds,
      },
      request,
    );
  }

  get #inRound(): boolean {
    return this.#begun > this.document.rounds.length;
  }

  #record(act: Steered, effect: string): void {
    const at = new Date().toISOString();
    const steering = [...this.document.steering, { act, at, during: this.#begun, effect }];
    this.document = { ...this.document, steering, steered: changesResults(steering) };
  }

  /** One word after the other: the server may bring two that are under way in another order. */
  #tell(paused: boolean): Promise<void> {
    this.#told = this.#told.then(async () => {
      try {
        await this.#round?.signal(pausedSignal, paused);
      } catch (error) {
        // The only reason there is: the round has ended in this moment.
        log.info('the round could not be told to pause or to go on', { error });
      }
    });
    return this.#told;
  }
}
