/** The sweep's workflow on a real server, with made-up activities: how many at a time, failures, holding, ending, going on. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepDocument } from '../../phoenix/federation/sweep.ts';
import type { SubmittedCell } from '../../workflows/cell.ts';
import type { experiment as experimentWorkflow } from '../../workflows/experiment.ts';
import { CPU_QUEUE } from '../../workflows/queues.ts';
import { fakeActivities, type FakeActivities } from '../helpers/fake-activities.ts';
import {
  cellsOf,
  Gate,
  hold,
  nextName,
  start,
  statesOf,
  submission,
  submit,
  until,
  withSweeps,
} from '../helpers/sweep-workflow.ts';
import { devServer, quietRuntime, workflowBundle } from '../helpers/workflow-environment.ts';

let bundle: WorkflowBundle;
let environment: TestWorkflowEnvironment;

beforeAll(async () => {
  quietRuntime();
  [environment, bundle] = await Promise.all([devServer('matching.useNewMatcher=true'), workflowBundle()]);
});

afterAll(() => environment.teardown());

const withServer = (
  activities: FakeActivities,
  body: () => Promise<void>,
  where = environment,
  slots?: number,
): Promise<void> => withSweeps(where, bundle, activities, body, slots);

describe('a sweep', () => {
  it('runs no more cells at a time than it may, each to its end, behind what somebody waits for', async () => {
    const activities = fakeActivities(() => 0.8);
    const what = submission(nextName(), [1, 2, 3, 4, 5]);
    await withServer(activities, async () => {
      const handle = await start(environment, what);
      const document = await handle.result();
      expect(document).toMatchObject({ name: what.name, state: 'finished', paused: false, maxParallel: 2 });
      expect(statesOf(document)).toEqual(Array(5).fill('finished'));
      expect(activities.sweeps.at(-1)).toEqual(document);
      const running = activities.sweeps.map((seen) => statesOf(seen).filter((s) => s === 'running').length);
      expect(Math.max(...running)).toBe(2);
      for (const id of [what.cells[0]!.run, `${what.cells[0]!.run}/round-01`]) {
        const { raw } = await environment.client.workflow.getHandle(id).describe();
        expect(raw.workflowExecutionInfo?.priority?.priorityKey).toBe(4);
      }
    });
  });

  it('goes past a cell that fails, and runs it alone when that is asked for', async () => {
    let broken = true;
    const trained: number[] = [];
    const gate = new Gate();
    gate.open();
    const activities = fakeActivities(() => 0.8, {
      train: async (request) => {
        trained.push(request.seed);
        if (broken && request.seed === 2 && request.round === 1)
          throw ApplicationFailure.nonRetryable('the loss is not a number', 'TrainingDiverged');
        return gate.train(request);
      },
    });
    const what = submission(nextName(), [1, 2, 3]);
    await withServer(activities, async () => {
      const first = await (await start(environment, what)).result();
      expect(statesOf(first)).toEqual(['finished', 'failed', 'finished']);
      expect(first.cells[1]!.failure).toEqual({
        type: 'TrainingDiverged',
        message: 'the loss is not a number',
      });
      broken = false;
      trained.length = 0;
      const known = what.cells.map((cell, i) => ({ ...cell, ...first.cells[i]! }));
      const again = await (await start(environment, { ...what, cells: known })).result();
      expect(again.cells).toEqual(first.cells);
      expect(trained).toEqual([]);
      const retried = known.map((cell) => (cell.state === 'failed' ? what.cells[1]! : cell));
      const last = await (await start(environment, { ...what, cells: retried })).result();
      expect(statesOf(last)).toEqual(Array(3).fill('finished'));
      expect(new Set(trained)).toEqual(new Set([2]));
    });
  });

  it('runs a failed cell again while the others go on, when it is told to', async () => {
    let broken = true;
    const gate = new Gate();
    const activities = fakeActivities(() => 0.8, {
      train: async (request) => {
        if (broken && request.seed === 6) throw ApplicationFailure.nonRetryable('no', 'TrainingDiverged');
        return gate.train(request);
      },
    });
    const what = submission(nextName(), [6, 7]);
    await withServer(activities, async () => {
      const handle = await start(environment, what);
      await until(() => activities.sweeps.at(-1)?.cells[0]!.state === 'failed');
      await submit(handle, what);
      await until(() => gate.waiting.has(7));
      expect(statesOf(await handle.query<SweepDocument>('document'))).toEqual(['failed', 'running']);
      broken = false;
      await submit(handle, { ...what, retryFailed: true });
      await until(() => gate.waiting.has(6));
      gate.open();
      expect(statesOf(await handle.result())).toEqual(['finished', 'finished']);
    });
  });

  it('waits for a run that is there already, and leaves it alone when it is cancelled itself', async () => {
    const gate = new Gate();
    const activities = fakeActivities(() => 0.8, { train: gate.train });
    const what = submission(nextName(), [11, 12]);
    const [{ run, input }] = what.cells as [SubmittedCell, SubmittedCell];
    await withServer(activities, async () => {
      const other = await environment.client.workflow.start<typeof experimentWorkflow>('experiment', {
        workflowId: run,
        taskQueue: CPU_QUEUE,
        args: [input],
      });
      const handle = await start(environment, what);
      await until(() => gate.waiting.size === 2);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect(statesOf(activities.sweeps.at(-1)!)).toEqual(['cancelled', 'cancelled']);
      expect(activities.sweeps.at(-1)!.state).toBe('cancelled');
      expect((await other.describe()).status.name).toBe('RUNNING');
      const began = environment.client.workflow.getHandle(what.cells[1]!.run);
      expect((await began.describe()).status.name).toBe('CANCELLED');
      gate.open();
      const again = await (await start(environment, what)).result();
      expect(statesOf(again)).toEqual(['finished', 'finished']);
    });
  });

  it('holds its cells, and begins no other, until it is resumed', async () => {
    const gate = new Gate();
    const activities = fakeActivities(() => 0.8, { train: gate.train });
    const what = submission(nextName(), [21, 22, 23]);
    await withServer(activities, async () => {
      const handle = await start(environment, what);
      await until(() => gate.waiting.size === 2);
      expect(await hold(handle, 'pause')).toBe('paused; 2 of its cells were under way');
      await expect(hold(handle, 'pause')).rejects.toMatchObject({
        cause: { message: 'it is paused already' },
      });
      // Their steps save checkpoints and stop.
      await until(() => gate.waiting.size === 0);
      expect(activities.published.findLast(({ run }) => run === what.cells[0]!.run)).toMatchObject({
        paused: true,
        steering: [{ act: { kind: 'pause' } }],
      });
      gate.open();
      expect(await hold(handle, 'resume')).toBe('goes on; 2 of its cells were under way');
      const document = await handle.result();
      expect(statesOf(document)).toEqual(Array(3).fill('finished'));
    });
  });

  it('takes up cells that are added while it runs, and follows those that are gone to their ends', async () => {
    const gate = new Gate();
    const activities = fakeActivities(() => 0.8, { train: gate.train });
    const what = submission(nextName(), [31, 32, 33], 1);
    await withServer(activities, async () => {
      const handle = await start(environment, what);
      await until(() => gate.waiting.has(31));
      await submit(handle, { ...submission(what.name, [33, 34], 2), sweepHash: 'longer' });
      await until(() => gate.waiting.has(33));
      gate.open();
      const document = await handle.result();
      expect(document).toMatchObject({ sweepHash: 'longer', maxParallel: 2 });
      expect(document.cells.map(({ run, state }) => [run, state])).toEqual(
        [33, 34, 31].map((seed) => [`${what.name}-${seed}`, 'finished']),
      );
    });
  });
});

describe('a run that somebody waits for', () => {
  it('overtakes the cells of a sweep on a worker with one slot', async () => {
    const activities = fakeActivities(() => 0.8);
    const taken: string[] = [];
    // Longer than it takes the run to ask for its next step: in between, one of a cell has its turn.
    for (const [step, activity] of Object.entries(activities.gpu)) {
      const slow = async (...args: unknown[]) => {
        taken.push(Context.current().info.workflowExecution!.workflowId);
        await new Promise((resolve) => setTimeout(resolve, 200));
        return (activity as (...all: unknown[]) => unknown)(...args);
      };
      Object.assign(activities.gpu, { [step]: slow });
    }
    const [{ run, input }] = cellsOf(nextName(), [99]) as [SubmittedCell];
    const body = async () => {
      const handle = await start(environment, submission(nextName(), [1, 2, 3], 3));
      await until(() => taken.length >= 3);
      const quick = await environment.client.workflow.start<typeof experimentWorkflow>('experiment', {
        workflowId: run,
        taskQueue: CPU_QUEUE,
        args: [input],
      });
      await quick.result();
      const since = taken.slice(taken.findIndex((workflow) => workflow.startsWith(run)));
      const own = since.filter((workflow) => workflow.startsWith(run)).length;
      // Behind one another, three cells would have three steps for each of its own.
      expect((since.length - own) / own).toBeLessThan(1.5);
      await handle.result();
    };
    await withServer(activities, body, environment, 1);
  });
});

describe('a sweep with a long history', () => {
  let small: TestWorkflowEnvironment;

  beforeAll(async () => {
    small = await devServer('limit.historyCount.suggestContinueAsNew=60', 'matching.useNewMatcher=true');
  });

  afterAll(() => small.teardown());

  it('goes on as a new execution, whose cells are still its own', async () => {
    const gate = new Gate();
    const activities = fakeActivities(() => 0.8, { train: gate.train });
    const what = submission(nextName(), [41, 42]);
    await withServer(
      activities,
      async () => {
        const handle = await start(small, what);
        await until(() => gate.waiting.size === 2);
        // Both write to the history, until it is long.
        await until(async () => {
          for (const kind of ['pause', 'resume'] as const) await hold(handle, kind);
          return (await handle.describe()).runId !== handle.firstExecutionRunId;
        });
        await until(() => gate.waiting.size === 2);
        const newest = small.client.workflow.getHandle(handle.workflowId);
        await newest.cancel();
        await expect(newest.result()).rejects.toThrow();
        expect(activities.sweeps.at(-1)).toMatchObject({ state: 'cancelled', cells: [{}, {}] });
        for (const { run } of what.cells)
          expect((await small.client.workflow.getHandle(run).describe()).status.name).toBe('CANCELLED');
        gate.open();
        expect(statesOf(await (await start(small, what)).result())).toEqual(['finished', 'finished']);
      },
      small,
    );
  });
});
