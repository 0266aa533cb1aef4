import { expect, test } from 'vitest';
import { lostWork } from '../../../chaos/lost-work.ts';

const label = 'round 1 · client 0 · train, 4,000 images';
const seen = (at: number, done: number, attempt = 1) => ({ at, label, attempt, done });

test('what was done since the last checkpoint is lost, from the moment it was begun', () => {
  const sightings = [seen(1000, 100), seen(2000, 200), seen(3000, 300), seen(4000, 400)];
  expect(lostWork(sightings, sightings.at(-1)!, 250, 4500)).toEqual({ work: 150, seconds: 2 });
});

test('without a checkpoint everything is lost', () => {
  const sightings = [seen(1000, 100), seen(2000, 200)];
  expect(lostWork(sightings, sightings.at(-1)!, 0, 2500)).toEqual({ work: 200, seconds: 1.5 });
});

test('with a checkpoint newer than the last sighting nothing is known to be lost', () => {
  const sightings = [seen(1000, 100)];
  expect(lostWork(sightings, sightings[0]!, 150, 1500)).toEqual({ work: 0, seconds: 0 });
});

test('other attempts and other steps do not count', () => {
  const last = seen(9000, 350, 2);
  const other = { ...seen(8500, 990, 2), label: 'round 1 · client 1 · train, 4,000 images' };
  const sightings = [seen(1000, 100), seen(2000, 400), seen(8000, 250, 2), other, last];
  expect(lostWork(sightings, last, 300, 9500)).toEqual({ work: 50, seconds: 1 });
});
