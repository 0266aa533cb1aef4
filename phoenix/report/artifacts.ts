/** Every object that a run left in the store, by what it is. */
import type { ModelRef, Ref, RunDocument } from '../federation/records.ts';

export interface Artifact {
  /** "round 2 · client 3 · weights". */
  readonly name: string;
  readonly ref: Ref;
}

export function artifactsOf(run: RunDocument): Artifact[] {
  const found: Artifact[] = [];
  const add = (name: string, ref: Ref | null): void => void (ref && found.push({ name, ref }));
  const addModel = (owner: string, model: ModelRef): void => {
    add(`${owner} · weights`, model.base);
    add(`${owner} · personal weights`, model.personal);
  };
  const addSamples = (owner: string, samples: readonly Ref[]): void =>
    samples.forEach((ref, i) => add(`${owner} · samples${samples.length > 1 ? `, part ${i + 1}` : ''}`, ref));

  add('classifier', run.classifier?.weights ?? null);
  if (run.warmup) addModel('warm-up', run.warmup.model);
  for (const { round, clients, aggregated, samples } of run.rounds) {
    for (const { client, training } of clients) addModel(`round ${round} · client ${client}`, training.model);
    add(`round ${round} · aggregated weights`, aggregated);
    addSamples(`round ${round}`, samples);
  }
  if (run.final) {
    add('final weights', run.final.global);
    for (const { client, ref } of run.final.personal) add(`final personal weights of client ${client}`, ref);
    addSamples('final', run.final.samples);
    add('sample grid', run.final.grid);
  }
  return found;
}
