/** Runs on a server that thinks thirty events a long history: they continue as new between their rounds. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadExperiment } from '../../phoenix/config/load.ts';
import type { FullRun, RunDocument } from '../../phoenix/federation/records.ts';
import type { SteeringRequest } from '../../phoenix/federation/steering.ts';
import type { experiment as experimentWorkflow } from '../../workflows/experiment.ts';
import type { steerUpdate } from '../../workflows/messages.ts';
import { CPU_QUEUE } from '../../workflows/queues.ts';
import { fakeActivities } from '../helpers/fake-activities.ts';
import { Stack } from '../helpers/stack.ts';
import { devServer, quietRuntime, withWorkers, workflowBundle } from '../helpers/workflow-environment.ts';

const TINY = 'experiments/tiny.yaml';
const ROUNDS = ['federation.rounds=3'];

let server: TestWorkflowEnvironment;

beforeAll(async () => {
  quietRuntime();
  server = await devServer('limit.historyCount.suggestContinueAsNew=30');
});

afterAll(() => server.teardown());

/** Ids of the workflow's executions, the newest first. */
async function executions(workflow: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { runId } of server.client.workflow.list({ query: `WorkflowId = '${workflow}'` }))
    found.push(runId);
  return found;
}

it('a run that is paused between two executions stays paused, and what was done to it stays done', async () => {
  const { experiment, settingsHash } = loadExperiment(TINY, ROUNDS);
  const run = 'paused-between';
  const handle = server.client.workflow.getHandle<typeof experimentWorkflow>(run);
  const steer = (request: SteeringRequest): Promise<string> =>
    handle.executeUpdate<string, [SteeringRequest], typeof steerUpdate.name>('steer', { args: [request] });
  const { cpu, gpu } = fakeActivities(() => 0.5);
  const newest = async (): Promise<string> => (await handle.describe()).runId;
  let pausedIn: string | null = null;
  const keepHistory: typeof cpu.keepHistory = async (request) => {
    // The round is over: it is the next one that can be held, and that one is another execution's.
    if (request.workflow === `${run}/round-01`) {
      await steer({ kind: 'disconnect', client: 1 });
      await steer({ kind: 'pause' });
      pausedIn = await newest();
    }
    return cpu.keepHistory(request);
  };
  const activities = { gpu, cpu: { ...cpu, keepHistory } };
  const document = await withWorkers(server, await workflowBundle(), activities, async () => {
    await server.client.workflow.start<typeof experimentWorkflow>('experiment', {
      workflowId: run,
      taskQueue: CPU_QUEUE,
      args: [{ experiment, run, settingsHash }, null],
    });
    const known = (): Promise<RunDocument> => handle.query<RunDocument>('document');
    while (pausedIn === null || (await newest()) === pausedIn) await delay(50);
    // Long enough for a round of such activities.
    await delay(1000);
    expect(await known()).toMatchObject({ paused: true, rounds: [{ round: 1 }] });
    await steer({ kind: 'resume' });
    return handle.result();
  });
  expect(document.rounds.map(({ participants }) => participants)).toEqual([2, 1, 1]);
  expect(document.steering.map(({ act }) => act.kind)).toEqual(['disconnect', 'pause', 'resume']);
  expect((await executions(run)).length).toBeGreaterThan(2);
});

describe('a run with real steps', () => {
  /** With a server as it usually is. */
  let usual: Stack;
  /** Workers on the same store and on that other server. */
  let stack: Stack;
  let undisturbed: FullRun;

  beforeAll(async () => {
    usual = await Stack.start();
    undisturbed = await usual.finish(TINY, ROUNDS);
    class OtherServer extends Stack {
      override readonly variables = {
        ...usual.connectionVariables(this.folder),
        TEMPORAL_ADDRESS: server.address,
      };
    }
    stack = await OtherServer.start();
  });

  afterAll(async () => {
    await stack.stop();
    await usual.stop();
  });

  it('ends with the same weights in several executions, and its audit knows all of them', async () => {
    const { run, final, rounds, histories } = await stack.finish(TINY, ROUNDS);
    expect(run).toBe(undisturbed.run);
    expect(final!.weightsHash).toBe(undisturbed.final!.weightsHash);
    expect(rounds.map(({ metrics }) => metrics)).toEqual(undisturbed.rounds.map(({ metrics }) => metrics));
    const ids = await executions(run);
    expect(ids.length).toBeGreaterThan(2);
    expect(histories.map(({ workflow }) => workflow)).toEqual(ids.map(() => run));
    const audit = await stack.phoenix('audit', run);
    for (const label of [
      'divide the data among 2 clients',
      'history of round 1',
      'history of round 2',
      'history of round 3',
      '10 × 10 sample grid',
    ])
      expect(audit.split(`| ${label} |`)).toHaveLength(2);
  });

  it('stays steered in the execution that follows', async () => {
    const settings = [...ROUNDS, 'training.steps=300'];
    const run = await stack.begin(TINY, settings);
    await stack.untilStep(run, /^round 1 · client 0 · train/, 20);
    await stack.phoenix('pause', run);
    await stack.phoenix('disconnect', run, '1');
    await stack.phoenix('resume', run);
    await server.client.workflow.getHandle(run).result();
    const document = JSON.parse(await stack.phoenix('show', run, '--json')) as FullRun;
    expect(document.rounds.map(({ clients }) => clients.map(({ client }) => client))).toEqual([
      [0, 1],
      [0],
      [0],
    ]);
    expect(document).toMatchObject({ state: 'finished', steered: true, paused: false });
    expect((await executions(run)).length).toBeGreaterThan(2);
    expect(await stack.phoenix('audit', run)).toContain('client 1 takes no part from round 2 on');
  });
});
