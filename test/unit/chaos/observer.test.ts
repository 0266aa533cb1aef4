import { expect, test } from 'vitest';
import { RunObserver } from '../../../chaos/observer.ts';
import type { EndedStep, OpenStep } from '../../../cli/activity-log.ts';
import type { RunView } from '../../../cli/run-watcher.ts';

const step = (label: string, attempt: number, done: number): OpenStep => ({
  label,
  attempt,
  done,
  total: 100,
  isRunning: true,
  loss: null,
  lastFailure: null,
});
const view = (open: OpenStep[], ended: EndedStep[] = [], state: RunView['state'] = 'running'): RunView => ({
  state,
  document: null,
  open,
  ended,
});

/** Looks that succeed, and null for one that fails. */
function observe(views: (RunView | null)[]): RunObserver {
  const left = [...views];
  return new RunObserver('run', async () => {
    const next = left.shift();
    if (!next) throw new Error('the server is away');
    return next;
  });
}

test('what a step has done more than before is news, through an outage', async () => {
  const observer = observe([
    view([step('train', 1, 0)]),
    view([step('train', 1, 10)]),
    null,
    view([step('train', 1, 10)]),
    view([step('train', 1, 30)]),
    view([], [{ label: 'train', at: 0, took: 0, failure: null }], 'finished'),
  ]);
  expect(await observer.ended).toBe('finished');
  expect(observer.sightings.map(({ done }) => done)).toEqual([10, 30, Infinity]);
  expect(observer.running).toBe(null);
});

test('what an attempt says of the one before it is no news', async () => {
  const observer = observe([
    view([step('train', 1, 10)]),
    view([step('train', 2, 14)]),
    view([step('train', 2, 6)]),
    view([], [], 'finished'),
  ]);
  const further = await observer.next(0, ({ attempt }) => attempt === 2);
  expect(further).toMatchObject({ label: 'train', attempt: 2, done: 6 });
  expect(await observer.next(further!.at, () => true)).toBe(null);
});

test('the step under way is the one that changed last', async () => {
  const [dead, alive] = [step('client 0', 1, 50), step('client 1', 1, 1)];
  const observer = observe([
    view([dead]),
    view([dead, alive]),
    view([dead, { ...alive, done: 2 }]),
    view([], [], 'finished'),
  ]);
  await observer.next(0, ({ done }) => done === 2);
  expect(observer.running).toMatchObject({ label: 'client 1', done: 2 });
  await observer.ended;
});
