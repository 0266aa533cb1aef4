import { expect, it } from 'vitest';
import { sharesOf } from '../../../cli/sample.ts';
import { ref, run } from '../report/example-run.ts';

const final = run.final!;

it('draws from every remaining client’s own model, by its images', () => {
  expect(sharesOf({ final, clients: run.clients }, 7)).toEqual([
    { client: 0, personal: ref('personal 3 0'), samples: 3 },
    { client: 1, personal: ref('personal 3 1'), samples: 2 },
    { client: 2, personal: ref('personal 3 2'), samples: 2 },
  ]);
  expect(sharesOf({ final, clients: run.clients }, 1)).toHaveLength(1);
});

it('counts the images of clients that were not drawn for the last round', () => {
  const clients = run.clients.map((own) => ({ ...own, sharedImages: own.id === 2 ? 14_000 : 2000 }));
  expect(sharesOf({ final, clients }, 10).map(({ samples }) => samples)).toEqual([2, 2, 6]);
});

it('draws from the one model where nothing is personal', () => {
  expect(sharesOf({ final: { ...final, personal: [] }, clients: run.clients }, 7)).toEqual([
    { client: null, personal: null, samples: 7 },
  ]);
});
