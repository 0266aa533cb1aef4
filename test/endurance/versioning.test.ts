/** Two builds at a time: a run stays with the workers of the build that it began on. */
import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serverProgram } from '../../infra/setup/servers.mjs';
import { Stack } from '../helpers/stack.ts';

const TINY = 'experiments/tiny.yaml';
/** Long enough for the other build to arrive in the middle. */
const LONGER = ['training.steps=500', 'checkpoint.seconds=600'];

class FirstBuild extends Stack {
  override readonly variables: NodeJS.ProcessEnv = { PHOENIX_BUILD_ID: 'first' };
}

/** Workers only, at the servers of the first. */
class SecondBuild extends Stack {
  override readonly variables = {
    ...first.connectionVariables(this.folder),
    PHOENIX_BUILD_ID: 'second',
  };
}

let first: Stack;
let second: Stack;

beforeAll(async () => {
  first = await FirstBuild.start();
  await makeCurrent('first');
});

afterAll(async () => {
  await second?.stop();
  await first.stop();
});

/** New runs begin on this build, as an operator would say it: again and again until its workers are known. */
async function makeCurrent(build: string): Promise<void> {
  const { address } = first.state.temporal!;
  const order = ['worker', 'deployment', 'set-current-version', '--deployment-name', 'phoenix', '--yes'];
  const place = ['--build-id', build, '--address', address];
  for (let attempts = 1; ; attempts++) {
    const { status, stderr } = spawnSync(serverProgram('temporal'), [...order, ...place], {
      encoding: 'utf8',
    });
    if (status === 0) return;
    if (attempts === 60) throw new Error(stderr);
    await delay(500);
  }
}

async function buildOf(workflow: string): Promise<string | null | undefined> {
  const client = await first.client();
  try {
    const { raw } = await client.workflow.getHandle(workflow).describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
  } finally {
    await client.connection.close();
  }
}

it('a run and its rounds stay with the build that they began on, and the next run takes the new one', async () => {
  const run = await first.begin(TINY, LONGER);
  await first.untilStep(run, /^round 1 · client 0 · train/, 20);
  second = await SecondBuild.start();
  await makeCurrent('second');
  const { state } = await first.finish(TINY, LONGER);
  expect(state).toBe('finished');
  const next = await first.finish(TINY);
  const workflows = [run, `${run}/round-02`, next.run, `${next.run}/round-02`];
  expect(await Promise.all(workflows.map(buildOf))).toEqual(['first', 'first', 'second', 'second']);
});
