/** What a run knows of itself before anything has been done. */
import { workflowInfo } from '@temporalio/workflow';
import type { Experiment } from '../phoenix/config/schema.ts';
import { nothingKnown } from '../phoenix/federation/continuation.ts';
import type { RunDocument } from '../phoenix/federation/records.ts';
import { emptyLedger } from '../phoenix/federation/strikes.ts';
import type { ExperimentInput } from './experiment.ts';

export function blankDocument({
  experiment: settings,
  run,
  settingsHash,
}: ExperimentInput): RunDocument<Experiment> {
  return {
    run,
    experiment: settings.name,
    settingsHash,
    settings,
    state: 'running',
    paused: false,
    phase: 'data',
    startedAt: workflowInfo().runStartTime.toISOString(),
    finishedAt: null,
    failure: null,
    forkedFrom: null,
    steering: [],
    steered: false,
    timingDependent: false,
    ...nothingKnown,
    rounds: [],
    ledger: emptyLedger(settings.data.clients),
    final: null,
    histories: [],
  };
}
