/** Every object that a run left in the store, by what it is. What is in its rounds' records is known once they are loaded. */
import type { FullRun, ModelRef, Ref, RunDocument } from '../federation/records.ts';

export interface Artifact {
  /** "round 2 · client 3 · weights". */
  readonly name: string;
  readonly ref: Ref;
}

export function artifactsOf(run: RunDocument | FullRun): Artifact[] {
  const found: Artifact[] = [];
  const add = (name: string, ref: Ref | null): void => void (ref && found.push({ name, ref }));
  const addModel = (owner: string, model: ModelRef): void => {
    add(`${owner} · weights`, model.base);
    add(`${owner} · personal weights`, model.personal);
  };
  const addSamples = (owner: string, samples: readonly Ref[]): void =>
    samples.forEach((ref, i) => add(`${owner} · samples${samples.length > 1 ? `, part ${i + 1}` : ''}`, ref));

  add('partition', run.partition);
  add('feature extractor', run.yardstick?.extractor ?? null);
  add('reference features', run.yardstick?.reference ?? null);
  if (run.initial) addModel('initial', run.initial);
  if (run.warmup) addModel('warm-up', run.warmup.model);
  for (const round of run.rounds) {
    const name = `round ${round.round}`;
    add(`${name} · record`, round.record);
    add(`${name} · history`, round.history?.ref ?? null);
    if (!('clients' in round)) continue;
    for (const { client, training } of round.clients) addModel(`${name} · client ${client}`, training.model);
    add(`${name} · aggregated weights`, round.aggregated);
    for (const [slot, ref] of Object.entries(round.serverState)) add(`${name} · server's ${slot}`, ref);
    add(`${name} · average of personal weights`, round.personalAverage);
    add(`${name} · moving average`, round.ema);
    addSamples(name, round.samples);
  }
  if (run.final) {
    add('final weights', run.final.global);
    for (const { client, ref } of run.final.personal) add(`final personal weights of client ${client}`, ref);
    addSamples('final', run.final.samples);
    add('sample grid', run.final.grid);
  }
  for (const { workflow, ref } of run.histories) add(`history of ${workflow}`, ref);
  return found;
}
