/** What the runs of all cells need: which steps they share, which are done, and what the others take. */
import type { Cell } from '../../phoenix/config/sweep.ts';
import type { RunState } from '../../phoenix/federation/records.ts';
import type { PlannedStep, Rehearsals } from './rehearsal.ts';
import type { Basis, Speed } from './speed.ts';
import { rehearse, type Removals } from './walk.ts';

export interface CellPlan {
  readonly label: string;
  readonly run: string;
  /** Null: there is no such run yet, or nobody was asked. */
  readonly state: RunState | null;
  /** Optimiser steps of the whole run. */
  readonly trainingSteps: number;
  readonly steps: number;
  /** Of them those that the store has, and those that an earlier cell computes. */
  readonly done: number;
  readonly shared: number;
  /** Of what this cell is the first one to need. */
  readonly seconds: number;
}

/** Steps of one kind, over all cells. */
export interface Share {
  readonly what: string;
  /** If no cell knew of another one. */
  readonly asked: number;
  readonly distinct: number;
  readonly done: number;
  /** Of those that are not done. */
  readonly seconds: number;
}

export interface Plan {
  readonly cells: readonly CellPlan[];
  readonly shares: readonly Share[];
  /** Of all that is not done. */
  readonly trainingSteps: number;
  readonly seconds: number;
  /** That the store has in the end: of these steps, done or not. */
  readonly storedBytes: number;
  /** Weights between server and clients, of what is not done. */
  readonly movedBytes: number;
  /** Seconds by what they are known from. */
  readonly basis: Readonly<Record<Basis, number>>;
}

/** @param states of the cells' runs, by name */
export async function planOf(
  cells: readonly Cell[],
  all: Rehearsals,
  speed: Speed,
  states: ReadonlyMap<string, RunState>,
  removals: Removals,
): Promise<Plan> {
  const runs = [];
  for (const { label, loaded } of cells) {
    const keys = await rehearse(all, loaded.experiment, removals);
    const state = states.get(loaded.run) ?? null;
    runs.push({ label, run: loaded.run, state, steps: [...keys].map((key) => all.steps.get(key)!) });
  }
  // A run that has finished has all it needs, also where a rehearsal without its removals asks for more.
  const finished = runs.filter(({ state }) => state === 'finished').flatMap(({ steps }) => steps);
  const done = new Set([...finished, ...runs.flatMap(({ steps }) => steps.filter(({ isDone }) => isDone))]);
  const seen = new Set<PlannedStep>();
  const planned = runs.map(({ steps, ...run }): CellPlan => {
    const open = steps.filter((step) => !done.has(step));
    const first = open.filter((step) => !seen.has(step));
    first.forEach((step) => seen.add(step));
    return {
      ...run,
      trainingSteps: sum(steps, (step) => step.trainingSteps),
      steps: steps.length,
      done: steps.length - open.length,
      shared: open.length - first.length,
      seconds: sum(first, ({ work }) => speed.secondsOf(work).seconds),
    };
  });
  const asked = runs.flatMap(({ steps }) => steps);
  const open = [...seen];
  const costs = open.map(({ work }) => speed.secondsOf(work));
  const of = (basis: Basis) => sum(costs, (cost) => (cost.basis === basis ? cost.seconds : 0));
  return {
    cells: planned,
    shares: sharesOf(asked, done, speed),
    trainingSteps: sum(open, (step) => step.trainingSteps),
    seconds: sum(costs, ({ seconds }) => seconds),
    storedBytes: sum([...new Set(asked)], ({ bytes }) => bytes),
    movedBytes: sum(open, ({ moved }) => moved),
    basis: { measured: of('measured'), scaled: of('scaled'), assumed: of('assumed') },
  };
}

const names: Readonly<Record<string, string>> = {
  generate: 'samples',
  measure: 'metrics',
  referenceFeatures: 'features of real images',
  trainClassifier: 'classifier of the metrics',
};

/** Everything else is over in a moment. */
const kindOf = ({ name, moved }: PlannedStep): string =>
  name === 'train' ? (moved > 0 ? 'training of clients' : 'warm-up') : (names[name] ?? 'other');

function sharesOf(asked: readonly PlannedStep[], done: ReadonlySet<PlannedStep>, speed: Speed): Share[] {
  const kinds = ['warm-up', 'training of clients', ...Object.values(names), 'other'];
  return kinds.flatMap((what) => {
    const own = asked.filter((step) => kindOf(step) === what);
    if (own.length === 0) return [];
    const distinct = [...new Set(own)];
    const open = distinct.filter((step) => !done.has(step));
    return {
      what,
      asked: own.length,
      distinct: distinct.length,
      done: distinct.length - open.length,
      seconds: sum(open, ({ work }) => speed.secondsOf(work).seconds),
    };
  });
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((all, item) => all + of(item), 0);
