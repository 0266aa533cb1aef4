/**
 * Recorded histories of real runs, replayed with today's workflow code: a change that would break runs which are under
 * way fails here. `test/fixtures/histories/record.mjs` makes the recordings.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import proto from '@temporalio/proto';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { quietRuntime, workflowBundle } from '../helpers/workflow-environment.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/histories');
const recordings = readdirSync(FOLDER).filter((file) => file.endsWith('.pb.gz'));

const recorded = (file: string) =>
  proto.temporal.api.history.v1.History.decode(gunzipSync(readFileSync(join(FOLDER, file))));

let bundle: WorkflowBundle;

beforeAll(async () => {
  quietRuntime();
  bundle = await workflowBundle();
});

describe('recorded histories', () => {
  it('are there: an experiment, its rounds, and a sweep', () => {
    for (const name of ['experiment', 'round-01', 'sweep']) expect(recordings).toContain(`${name}.pb.gz`);
  });

  it.each(recordings)('%s replays', async (file) => {
    await Worker.runReplayHistory({ workflowBundle: bundle }, recorded(file));
  });

  it('would not replay if another step had been recorded', async () => {
    const history = recorded('experiment.pb.gz');
    const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes);
    scheduled!.activityTaskScheduledEventAttributes!.activityType!.name = 'somethingElse';
    await expect(Worker.runReplayHistory({ workflowBundle: bundle }, history)).rejects.toThrow(
      /[Nn]ondeterminism/,
    );
  });
});
