import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Progress } from '../../../activities/steps/context.ts';
import type { StepRun } from '../../../activities/gpu.ts';
import { EnginePool } from '../../../workers/engine-pool.ts';
import { EngineCrashed, EngineSlot } from '../../../workers/engine-slot.ts';
import { ownerNamed } from '../../helpers/steps.ts';

const CHILD = new URL('../../fixtures/engine-child.mjs', import.meta.url);
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  delete process.env['BROKEN_ENGINE'];
  await Promise.all(open.splice(0).map((slot) => slot.close()));
});

function opened<T extends { close(): Promise<void> }>(slot: T): T {
  open.push(slot);
  return slot;
}

/** Runs what the fixture's child understands; its results are not those of a real step. */
function act(
  slot: EngineSlot | EnginePool,
  request: object,
  { signal = new AbortController().signal, onProgress = () => {} }: Partial<StepRun> = {},
): Promise<{ step: string; pid: number; request: object }> {
  return slot.run('measure', request as never, {
    owner: ownerNamed('run-1'),
    signal,
    onProgress,
  }) as Promise<never>;
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('EngineSlot', () => {
  it('runs steps in a child that it keeps warm, typed arrays and all', async () => {
    const slot = opened(new EngineSlot(CHILD));
    const progress: Progress[] = [];
    const request = { act: 'echo', data: Float32Array.of(1, 2) };
    const first = await act(slot, request, { onProgress: (heard) => progress.push(heard) });
    expect(first).toMatchObject({ step: 'measure', request });
    expect(progress).toEqual([{ done: 1, total: 2, loss: 0.5 }]);
    expect(first.pid).not.toBe(process.pid);
    expect((await act(slot, request)).pid).toBe(first.pid);
  });

  it('gives the child its arguments, and knows its fingerprint', async () => {
    const slot = opened(new EngineSlot(CHILD, ['abc']));
    await slot.start();
    expect(slot.fingerprint).toEqual({ args: ['abc'] });
  });

  it('rejects with the name and message of the step’s error', async () => {
    const failed = act(opened(new EngineSlot(CHILD)), { act: 'fail' });
    await expect(failed).rejects.toMatchObject({ name: 'MissingObject', message: 'gone' });
  });

  it('says at once that the child crashed, and starts another one', async () => {
    const slot = opened(new EngineSlot(CHILD));
    const { pid } = await act(slot, { act: 'echo' });
    await expect(act(slot, { act: 'crash' })).rejects.toEqual(new EngineCrashed(null, 'SIGKILL'));
    const after = await act(slot, { act: 'echo' });
    expect(after.pid).not.toBe(pid);
  });

  it('starts another child when the idle one was killed', async () => {
    const slot = opened(new EngineSlot(CHILD));
    const { pid } = await act(slot, { act: 'echo' });
    process.kill(pid, 'SIGKILL');
    while (alive(pid)) await setTimeout(10);
    await setTimeout(100);
    expect((await act(slot, { act: 'echo' })).pid).not.toBe(pid);
  });

  it('passes an abort on as a stop, and takes the next step afterwards', async () => {
    const slot = opened(new EngineSlot(CHILD));
    const stop = new AbortController();
    const stopped = act(slot, { act: 'endless' }, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toMatchObject({ name: 'StepStopped' });
    expect((await act(slot, { act: 'echo' })).request).toEqual({ act: 'echo' });
  });

  it('does not start a step whose signal is aborted already', async () => {
    const aborted = act(opened(new EngineSlot(CHILD)), { act: 'echo' }, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('reports why a child cannot start', async () => {
    process.env['BROKEN_ENGINE'] = '1';
    await expect(opened(new EngineSlot(CHILD)).start()).rejects.toThrow('no library');
  });

  it('leaves no process behind when it is closed', async () => {
    const slot = new EngineSlot(CHILD);
    const { pid } = await act(slot, { act: 'echo' });
    await slot.close();
    expect(alive(pid)).toBe(false);
  });
});

describe('EnginePool', () => {
  it('runs as many steps at a time as it has slots, each in its own process', async () => {
    const pool = opened(new EnginePool(2, CHILD));
    await pool.start();
    const stop = new AbortController();
    const busy = act(pool, { act: 'endless' }, { signal: stop.signal });
    const [first, second] = [await act(pool, { act: 'echo' }), await act(pool, { act: 'echo' })];
    expect(first.pid).toBe(second.pid);
    stop.abort();
    await expect(busy).rejects.toMatchObject({ name: 'StepStopped' });
  });
});
