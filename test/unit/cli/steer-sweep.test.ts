import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import type { Access } from '../../../cli/access.ts';
import { BadInput } from '../../../cli/errors.ts';
import { cancelSweep, holdSweep } from '../../../cli/steer-sweep.ts';
import { FakeWorkflows } from '../../helpers/fake-workflows.ts';

let printed: MockInstance;
beforeEach(() => {
  printed = vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => printed.mockRestore());

function stand(status: 'RUNNING' | 'COMPLETED' | 'CANCELLED') {
  const server = new FakeWorkflows();
  server.workflows.set('sweep/table3', { type: 'sweep', status, historyLength: 1, document: {} });
  return { server, access: { client: server.client } as Access };
}

describe('a sweep', () => {
  it('is held and let go on by its workflow', async () => {
    const { server, access } = stand('RUNNING');
    await holdSweep(access, 'table3', 'pause', {});
    await holdSweep(access, 'table3', 'resume', { json: true });
    expect(server.told).toEqual([
      ['sweep/table3', { kind: 'pause' }],
      ['sweep/table3', { kind: 'resume' }],
    ]);
    expect(printed.mock.calls[0]).toEqual(['table3: done']);
    expect(JSON.parse(printed.mock.calls[1]![0])).toEqual({
      sweep: 'table3',
      kind: 'resume',
      effect: 'done',
    });
  });

  it('is cancelled, and what takes it up again is said', async () => {
    const { access } = stand('RUNNING');
    await cancelSweep(access, 'table3', {});
    expect(printed.mock.calls[0]![0]).toMatch(/^table3: cancelled; `npx phoenix sweep FILE` /);
  });

  it.each([
    ['COMPLETED', 'finished; `npx phoenix status table3` shows its cells'],
    ['CANCELLED', 'cancelled; `npx phoenix sweep FILE` with its file takes it up again'],
  ] as const)('that is over (%s) is left alone', async (status, words) => {
    const { server, access } = stand(status);
    for (const steering of [
      () => holdSweep(access, 'table3', 'resume', {}),
      () => cancelSweep(access, 'table3', {}),
    ]) {
      await expect(steering()).rejects.toThrow(BadInput);
      await expect(steering()).rejects.toThrow(`table3 is not open any more, but ${words}`);
    }
    expect(server.told).toEqual([]);
  });

  it('that the server has forgotten is not open', async () => {
    const { access } = stand('RUNNING');
    await expect(cancelSweep(access, 'old', {})).rejects.toThrow(
      'old is not open any more; `npx phoenix sweep',
    );
  });
});
