import { ActivityCancellationDetails, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { createGpuActivities, type EngineSlots, type HeartbeatDetails } from '../../../activities/gpu.ts';
import { StepStopped } from '../../../activities/steps/context.ts';
import type { MeasureRequest } from '../../../activities/steps/measure-identity.ts';
import { MissingObject } from '../../../phoenix/storage/blobs.ts';

const request = {} as MeasureRequest;

/** One activity on the given slots; `heartbeats` collects what the server would see. */
function environment(run: EngineSlots['run'], info = {}, deadline: number | null = null) {
  const heartbeats: HeartbeatDetails[] = [];
  const mock = new MockActivityEnvironment(info);
  mock.on('heartbeat', (details: HeartbeatDetails) => heartbeats.push(details));
  const { measure } = createGpuActivities({ slots: { run } });
  return { mock, heartbeats, result: mock.run(measure, request, 'round 1 · global metrics', deadline) };
}

/** A step that only ends when it is told to stop. */
const endless: EngineSlots['run'] = (step, _request, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new StepStopped(step, 4)), { once: true });
  });

describe('gpu activities', () => {
  it('pass the request on and the result back, and heartbeat every progress message', async () => {
    const { heartbeats, result } = environment(async (step, received, { owner, onProgress }) => {
      expect([step, received]).toEqual(['measure', request]);
      expect(owner).toMatchObject({ workflow: 'test', activity: 'test', attempt: 1 });
      onProgress({ done: 1, total: 2 });
      onProgress({ done: 2, total: 2, loss: 0.5 });
      return { fid: 1 } as never;
    });
    expect(await result).toEqual({ fid: 1 });
    const common = { step: 'measure', label: 'round 1 · global metrics', since: heartbeats[0]!.since };
    expect(Math.abs(Date.now() - common.since)).toBeLessThan(5000);
    expect(heartbeats).toEqual([
      { ...common, done: 0, total: 0 },
      { ...common, done: 1, total: 2 },
      { ...common, done: 2, total: 2, loss: 0.5 },
    ]);
  });

  it('heartbeat on while the engine is silent, with the last that was heard', async () => {
    const { heartbeats, result } = environment(async (_step, _request, { onProgress }) => {
      onProgress({ done: 3, total: 9 });
      await new Promise((resolve) => setTimeout(resolve, 1200));
      return undefined as never;
    });
    await result;
    expect(heartbeats.length).toBe(3);
    expect(heartbeats[2]).toMatchObject({ done: 3, total: 9 });
  });

  it('start a retry from the progress that was last seen', async () => {
    const { heartbeats, result } = environment(async () => undefined as never, {
      heartbeatDetails: { step: 'measure', label: '', done: 7, total: 9, loss: 1 },
    });
    await result;
    expect(heartbeats[0]).toMatchObject({ done: 7, total: 9 });
  });

  it('end as cancelled when the server asks for it', async () => {
    const { mock, result } = environment(endless);
    mock.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
    await expect(result).rejects.toBeInstanceOf(CancelledFailure);
  });

  it('hand the step on at once when the worker shuts down', async () => {
    const { mock, result } = environment(endless);
    mock.cancel('WORKER_SHUTDOWN');
    await expect(result).rejects.toMatchObject({
      type: 'WorkerShutdown',
      nonRetryable: false,
      nextRetryDelay: 1,
    });
  });

  it('keep a result that came in spite of a cancellation', async () => {
    const { mock, result } = environment(
      (_step, _request, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve('done' as never));
        }),
    );
    mock.cancel('CANCELLED');
    expect(await result).toBe('done');
  });

  it('turn errors into failures', async () => {
    const { result } = environment(async () => {
      throw new MissingObject('blobs/sha256/00');
    });
    const error: unknown = await result.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApplicationFailure);
    expect(error).toMatchObject({ type: 'MissingObject', nonRetryable: true });
  });

  it('fail for good when their deadline is over, with how far they were', async () => {
    const { result } = environment(
      (step, received, run) => {
        run.onProgress({ done: 4, total: 10, loss: 1 });
        return endless(step, received, run);
      },
      {},
      0.2,
    );
    await expect(result).rejects.toMatchObject({
      type: 'DeadlinePassed',
      message: 'the deadline of 0.2 s was over after 4 of 10 steps',
      nonRetryable: true,
      details: [{ done: 4, total: 10 }],
    });
  });

  it('count their deadline from the first attempt on', async () => {
    const seen = { step: 'measure', label: '', done: 7, total: 9, since: Date.now() - 9_900 };
    const begun = performance.now();
    const { heartbeats, result } = environment(endless, { heartbeatDetails: seen }, 10);
    await expect(result).rejects.toMatchObject({ type: 'DeadlinePassed', details: [{ done: 7, total: 9 }] });
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(heartbeats[0]!.since).toBe(seen.since);
  });

  it('keep a result that came in spite of a deadline, and are cancelled in spite of one', async () => {
    const late = environment(
      (_step, _request, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve('done' as never));
        }),
      {},
      0.1,
    );
    expect(await late.result).toBe('done');
    const { mock, result } = environment(endless, {}, 60);
    mock.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
    await expect(result).rejects.toBeInstanceOf(CancelledFailure);
  });
});
