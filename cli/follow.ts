/** Starts an experiment, or finds the run that there is, and follows it to its end. */
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { NamedExperiment } from '../phoenix/config/load.ts';
import type { Experiment } from '../phoenix/config/schema.ts';
import type { Continuation } from '../phoenix/federation/continuation.ts';
import type { RunDocument } from '../phoenix/federation/records.ts';
import type { experiment as experimentWorkflow } from '../workflows/experiment.ts';
import { CPU_QUEUE } from '../workflows/queues.ts';
import type { Access } from './access.ts';
import type { Display } from './display.ts';
import { interval, patiently } from './patience.ts';
import { outcome, RunWatcher, type RunView } from './run-watcher.ts';

/** The run came to an end that is not the wanted one. */
export class RunFailed extends Error {
  override readonly name = 'RunFailed';
  readonly run: string;

  constructor(run: string, reason: string) {
    super(`${run} failed: ${reason}`);
    this.run = run;
  }
}

/** With what its settings name and the store must have before it starts. */
export type StartedExperiment = NamedExperiment & { readonly blobs?: readonly Uint8Array[] };

/**
 * A run is named by its settings: one that goes on is joined, one that has finished is left as it is, and one that
 * failed or was stopped is started again, which computes only what is not in the store yet.
 *
 * @param carried what it goes on from; null: from the beginning
 * @param again one that has finished is started again too
 */
export async function startRun(
  access: Pick<Access, 'client' | 'blobs'>,
  { experiment, run, settingsHash, blobs = [] }: StartedExperiment,
  carried: Continuation<Experiment> | null = null,
  again = false,
): Promise<void> {
  for (const blob of blobs) await access.blobs.put(blob);
  try {
    await access.client.workflow.start<typeof experimentWorkflow>('experiment', {
      taskQueue: CPU_QUEUE,
      workflowId: run,
      args: [{ experiment, run, settingsHash }, carried],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: again ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
      staticSummary: experiment.name,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/**
 * @param signal aborted: stop following; the run goes on
 * @returns the finished run's document; null when following was stopped
 * @throws RunFailed, TemporalUnreachable
 */
export async function followRun(
  { client, connection }: Pick<Access, 'client' | 'connection'>,
  run: string,
  display: Display,
  signal: AbortSignal,
): Promise<RunDocument<Experiment> | null> {
  const watcher = new RunWatcher(client, run);
  const look = (): Promise<RunView> => client.withDeadline(Date.now() + 10_000, () => watcher.look());
  try {
    for (let looks = 0; !signal.aborted; looks++) {
      const view = await patiently(connection.temporal.address, look, signal, display.say.bind(display));
      if (!view) return null;
      if (looks > 0) view.ended.forEach((step) => display.ended(step));
      if (view.state !== 'running') return await finished(client, run);
      if (looks === 0) greet(run, view, display);
      display.open(view.open);
      await delay(interval, undefined, { signal }).catch(() => {});
    }
    return null;
  } finally {
    display.close();
  }
}

function greet(run: string, { ended, document }: RunView, display: Display): void {
  const steps = ended.filter(({ failure }) => failure === null).length;
  const done = steps === 0 ? '' : `, ${steps} ${steps === 1 ? 'step is' : 'steps are'} already done`;
  const rounds = document?.rounds.length ? `, ${document.rounds.length} of its rounds` : '';
  display.say(`${run}${done}${rounds}`);
}

async function finished(client: Client, run: string): Promise<RunDocument<Experiment>> {
  const end = await outcome(client, run);
  if ('failure' in end) throw new RunFailed(run, end.failure);
  return end.document;
}
