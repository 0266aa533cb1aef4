/**
 * A rehearsal: the parts of a run ask for their steps as ever, and get what the store remembers, or else a stand-in. The keys
 * are those of the steps themselves, over stand-ins for what is not there yet: equal keys are one step. Nothing is computed but
 * who gets which images, and nothing is written.
 */
import { cpuSteps } from '../../activities/steps/cpu-steps.ts';
import { generate } from '../../activities/steps/generate.ts';
import {
  measureIdentity,
  type MeasureRequest,
  referenceIdentity,
  type ReferenceFeaturesRequest,
} from '../../activities/steps/measure-identity.ts';
import type { DataSource } from '../../phoenix/data/data-source.ts';
import type { Prepared } from '../../activities/steps/prepare.ts';
import { trainClassifier } from '../../activities/steps/train-classifier.ts';
import { train, type TrainRequest } from '../../activities/steps/train.ts';
import { trainingSteps } from '../../activities/steps/training-loop.ts';
import type { StepContext } from '../../activities/steps/context.ts';
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { Blobs } from '../../phoenix/storage/blobs.ts';
import { plainFingerprint } from '../../phoenix/storage/fingerprint.ts';
import type { Objects } from '../../phoenix/storage/object-store.ts';
import { OverlayStore } from '../../phoenix/storage/overlay.ts';
import { referencesIn } from '../../phoenix/storage/references.ts';
import { runStep, StepMemo, type StepManifest } from '../../phoenix/storage/steps.ts';
import type { StepRunner } from '../../workflows/steps.ts';
import { standIn } from './stand-ins.ts';
import { type Work, workOf } from './work.ts';

export interface PlannedStep {
  readonly key: string;
  readonly name: string;
  readonly label: string;
  readonly isDone: boolean;
  /** Null: it takes no time worth counting. */
  readonly work: Work | null;
  /** Optimiser steps, of a training. */
  readonly trainingSteps: number;
  /** Of its result in the store. */
  readonly bytes: number;
  /** Weights that go to the client and come back; 0 for all but a client's training. */
  readonly moved: number;
}

type Step = (context: never, request: never) => Promise<Outcome<unknown>>;

const steps: Readonly<Record<string, Step>> = {
  ...cpuSteps,
  train,
  generate,
  trainClassifier,
  measure: (context: StepContext, request: MeasureRequest) =>
    runStep(context, measureIdentity(request), request, unreachable),
  referenceFeatures: (context: StepContext, request: ReferenceFeaturesRequest) =>
    runStep(context, referenceIdentity(request), request, unreachable),
};

/** All that several experiments have in common: what they find, and which steps they share. */
export class Rehearsals {
  readonly #overlay: OverlayStore;
  readonly #blobs: Blobs;
  readonly #data: DataSource;
  readonly #known = new Map<string, StepManifest<unknown>>();
  /** Hashes of what is still to be computed. */
  readonly #standIns = new Set<string>();
  /** Number of samples in a blob, by its hash. */
  readonly #counts = new Map<string, number>();
  /** By their keys. */
  readonly steps = new Map<string, PlannedStep>();

  constructor(store: Objects, data: DataSource) {
    this.#overlay = new OverlayStore(store);
    this.#blobs = new Blobs(this.#overlay);
    this.#data = data;
  }

  async run(
    name: string,
    label: string,
    request: unknown,
    divided: Prepared | null,
  ): Promise<PlannedStep & Outcome<unknown>> {
    const training = trainingOf(name, request, divided);
    const memo = new RehearsedMemo(this.#overlay, this.#known, {
      // What has not been made cannot have been used.
      mayBeThere: !referencesIn(request).refs.some(({ hash }) => this.#standIns.has(hash)),
      // The division is computed: whose images they are decides about everything else.
      standIn: name === 'prepare' ? null : (key: string) => standIn(name, key, request, training),
    });
    const context = {
      memo,
      blobs: this.#blobs,
      data: this.#data,
      owner: { workflow: 'plan', execution: 'plan', activity: name, attempt: 1 },
      fingerprint: plainFingerprint(),
    };
    const outcome = await steps[name]!(context as never, request as never);
    const { key } = outcome.step;
    const known = this.steps.get(key);
    if (known) return { ...known, ...outcome };
    const { refs } = referencesIn(outcome.result);
    if (!memo.wasThere && name !== 'prepare') refs.forEach(({ hash }) => this.#standIns.add(hash));
    const step: PlannedStep = {
      key,
      name,
      label,
      isDone: memo.wasThere,
      work: workOf(name, request, training.steps, samplesIn(request, this.#counts)),
      trainingSteps: training.steps,
      bytes: refs.reduce((sum, { bytes }) => sum + bytes, 0),
      moved:
        name === 'train' && (request as TrainRequest).client !== null
          ? moved(request as TrainRequest, refs)
          : 0,
    };
    this.steps.set(key, step);
    if (name === 'generate')
      this.#counts.set((outcome.result as Ref).hash, (request as { count: number }).count);
    return { ...step, ...outcome };
  }
}

/** One experiment's. */
export class Rehearsal implements StepRunner {
  readonly #all: Rehearsals;
  #divided: Prepared | null;
  /** Of its steps. */
  readonly keys = new Set<string>();
  readonly records = [];

  constructor(all: Rehearsals, divided: Prepared | null = null) {
    this.#all = all;
    this.#divided = divided;
  }

  /** A part that may have to be rehearsed once more before it counts. */
  part(): Rehearsal {
    return new Rehearsal(this.#all, this.#divided);
  }

  add({ keys }: Rehearsal): void {
    keys.forEach((key) => this.keys.add(key));
  }

  readonly gpu = ((name: string, label: string, request: unknown) =>
    this.#run(name, label, request)) as StepRunner['gpu'];
  readonly cpu = ((name: string, label: string, request: unknown) =>
    this.#run(name, label, request)) as StepRunner['cpu'];

  together<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
    return Promise.all(tasks.map((task) => task()));
  }

  async #run(name: string, label: string, request: unknown): Promise<unknown> {
    const { key, result } = await this.#all.run(name, label, request, this.#divided);
    this.keys.add(key);
    if (name === 'prepare') this.#divided = result as Prepared;
    return result;
  }
}

interface Lookup {
  readonly mayBeThere: boolean;
  /** Null: the step is computed. */
  readonly standIn: ((key: string) => unknown) | null;
}

class RehearsedMemo extends StepMemo {
  readonly #known: Map<string, StepManifest<unknown>>;
  readonly #how: Lookup;
  wasThere = false;

  constructor(store: Objects, known: Map<string, StepManifest<unknown>>, how: Lookup) {
    super(store);
    this.#known = known;
    this.#how = how;
  }

  override async find<R>(key: string): Promise<StepManifest<R> | null> {
    const known = this.#known.get(key);
    if (known) return known as StepManifest<R>;
    const there = this.#how.mayBeThere ? await super.find<R>(key) : null;
    this.wasThere = there !== null;
    const found = there ?? this.#stoodIn<R>(key);
    if (found) this.#known.set(key, found);
    return found;
  }

  override async clear(): Promise<void> {}

  #stoodIn<R>(key: string): StepManifest<R> | null {
    if (this.#how.standIn === null) return null;
    const result = this.#how.standIn(key) as R;
    return { key, result, info: { resumedFrom: null, mixed: false } } as StepManifest<R>;
  }
}

function trainingOf(
  name: string,
  request: unknown,
  divided: Prepared | null,
): { examples: number; steps: number } {
  if (name !== 'train') return { examples: 0, steps: 0 };
  const { client, training, strategy } = request as TrainRequest;
  const own = client === null ? null : divided!.clients[client]!;
  const examples = own ? own.ownImages + own.sharedImages : divided!.sharedImages;
  const length = strategy?.kind === 'fedsgd' ? { epochs: 1, steps: null } : training;
  return { examples, steps: trainingSteps(length, examples, training.batchSize) };
}

const samplesIn = (request: unknown, counts: ReadonlyMap<string, number>): number => {
  const { samples } = request as { samples?: readonly Ref[] };
  return Array.isArray(samples) ? samples.reduce((sum, { hash }) => sum + (counts.get(hash) ?? 0), 0) : 0;
};

const moved = ({ incoming }: TrainRequest, outgoing: readonly Ref[]): number =>
  incoming.base.bytes + (incoming.personal?.bytes ?? 0) + outgoing.reduce((sum, { bytes }) => sum + bytes, 0);

const unreachable = (): never => {
  throw new TypeError('a step of a rehearsal has no body');
};
