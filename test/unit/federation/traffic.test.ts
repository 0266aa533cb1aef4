import { expect, it } from 'vitest';
import type { FullRun } from '../../../phoenix/federation/records.ts';
import { trafficOf } from '../../../phoenix/federation/traffic.ts';
import { ref, run } from '../report/example-run.ts';

/** The example's first two rounds, with lengths that tell where they come from; client 3 is late in the first. */
const sized = (name: string, bytes: number) => ({ ...ref(name), bytes });
const rounds = run.rounds.slice(0, 2).map((round, at): FullRun['rounds'][number] => ({
  ...round,
  clients: round.clients
    .filter(({ client }) => at === 1 || client !== 3)
    .map((own) => ({
      ...own,
      training: {
        ...own.training,
        model: {
          base: sized('update', 1000 * (at + 1) + own.client),
          personal: sized('block', 10 * (at + 1)),
        },
      },
    })),
  late: at === 0 ? [{ client: 3, done: 12, total: 47 }] : [],
  aggregated: sized('aggregated', 500 * (at + 1)),
}));
const initial = { base: sized('initial', 100), personal: sized('initial block', 1) };

it('counts what a training starts from and what it ends with', () => {
  expect(trafficOf({ initial, rounds })).toEqual([
    [
      { client: 0, down: 101, up: 1010 },
      { client: 1, down: 101, up: 1011 },
      { client: 2, down: 101, up: 1012 },
      { client: 3, down: 101, up: 0 },
    ],
    [
      { client: 0, down: 510, up: 2020 },
      { client: 1, down: 510, up: 2021 },
      { client: 2, down: 510, up: 2022 },
      // It was late in the first round: the block that it starts from is still the initial one.
      { client: 3, down: 501, up: 2023 },
    ],
  ]);
});
