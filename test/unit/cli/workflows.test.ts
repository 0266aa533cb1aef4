import { expect, it } from 'vitest';
import { stateOf } from '../../../cli/workflows.ts';

it('calls the ends of a workflow what the records call them', () => {
  expect(
    (['COMPLETED', 'FAILED', 'TIMED_OUT', 'TERMINATED', 'CANCELLED', 'RUNNING'] as const).map(stateOf),
  ).toEqual(['finished', 'failed', 'failed', 'cancelled', 'cancelled', 'running']);
});
