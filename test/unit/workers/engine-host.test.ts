import { describe, expect, it } from 'vitest';
import type { EngineContext } from '../../../activities/steps/context.ts';
import type { AnyStep, GpuStep } from '../../../activities/steps/gpu-steps.ts';
import { EngineHost } from '../../../workers/engine-host.ts';
import { errorFrom, reportOf, type FromChild } from '../../../workers/engine-protocol.ts';
import { ownerNamed } from '../../helpers/steps.ts';

/** A host whose only step is `body`, and all that it sends. */
function host(body: AnyStep) {
  const sent: FromChild[] = [];
  const steps = { train: body } as unknown as Record<GpuStep, AnyStep>;
  return { sent, host: new EngineHost(steps, {} as EngineContext, (message) => sent.push(message)) };
}

const run = { kind: 'run', step: 'train', request: 7, owner: ownerNamed('run-1') } as const;

/** Works until it is stopped, at most ten turns. */
const patient: AnyStep = async (context) => {
  for (let turn = 1; turn <= 10; turn++) {
    context.progress({ done: turn, total: 10 });
    await new Promise(setImmediate);
    if (context.stopRequested()) throw new RangeError(`stopped after ${turn}`);
  }
  return 'through';
};

describe('EngineHost', () => {
  it('sends progress and the result', async () => {
    const { host: one, sent } = host(async (context, request) => {
      expect(context.owner).toEqual(run.owner);
      context.progress({ done: 1, total: 1 });
      return request;
    });
    await one.receive(run);
    expect(sent).toEqual([
      { kind: 'progress', progress: { done: 1, total: 1 } },
      { kind: 'done', result: 7 },
    ]);
  });

  it('tells the step under way to stop', async () => {
    const { host: one, sent } = host(patient);
    const running = one.receive(run);
    await one.receive({ kind: 'stop' });
    await running;
    expect(sent.at(-1)).toMatchObject({
      kind: 'failed',
      error: { name: 'RangeError', message: 'stopped after 1' },
    });
  });

  it('does not stop a step for a message that missed the one before', async () => {
    const { host: one, sent } = host(patient);
    await one.receive({ kind: 'stop' });
    await one.receive(run);
    expect(sent.at(-1)).toEqual({ kind: 'done', result: 'through' });
  });
});

describe('errors on their way between processes', () => {
  it('keep name, message and stack', () => {
    const error = new RangeError('too far');
    const arrived = errorFrom(structuredClone(reportOf(error)));
    expect(arrived).toMatchObject({ name: 'RangeError', message: 'too far', stack: error.stack });
  });
});
