/** How many bytes of weights go to a client and come from it. Pure: all of it is in the references of the records. */
import type { FullRun, ModelRef } from './records.ts';

export interface ClientTraffic {
  readonly client: number;
  /** What its training starts from: the round's base weights and its own block. */
  readonly down: number;
  /** What its training ends with; 0 where it was late. */
  readonly up: number;
}

/** One list per round of the run, each by ascending client id. */
export function trafficOf({ initial, rounds }: Pick<FullRun, 'initial' | 'rounds'>): ClientTraffic[][] {
  let base = initial?.base.bytes ?? 0;
  const blocks = new Map<number, number>();
  return rounds.map(({ clients, late, aggregated }) => {
    const down = (client: number): number => base + (blocks.get(client) ?? initial?.personal?.bytes ?? 0);
    const traffic = [
      ...clients.map(({ client, training }) => ({ client, down: down(client), up: bytesOf(training.model) })),
      ...late.map(({ client }) => ({ client, down: down(client), up: 0 })),
    ];
    base = aggregated.bytes;
    for (const { client, training } of clients) blocks.set(client, training.model.personal?.bytes ?? 0);
    return traffic.toSorted((a, b) => a.client - b.client);
  });
}

const bytesOf = ({ base, personal }: ModelRef): number => base.bytes + (personal?.bytes ?? 0);
