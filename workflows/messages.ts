/** What can be asked and said of a run while it is open. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Experiment } from '../phoenix/config/schema.ts';
import type { RunDocument } from '../phoenix/federation/records.ts';
import type { SteeringRequest } from '../phoenix/federation/steering.ts';
import type { SweepDocument } from '../phoenix/federation/sweep.ts';
import type { SweepSubmission } from './sweep.ts';

/** To an experiment: all that it knows of itself. */
export const documentQuery = defineQuery<RunDocument<Experiment>>('document');

/** To an experiment: the answer says what has changed; a request that cannot be followed is refused before it is recorded. */
export const steerUpdate = defineUpdate<string, [SteeringRequest]>('steer');

/** From an experiment to its round, and from a sweep to its cells: stop where you are, or go on. */
export const pausedSignal = defineSignal<[boolean]>('paused');

/** To a sweep: its cells, and how each of them ended; how far they are, they know themselves. */
export const sweepQuery = defineQuery<SweepDocument>('document');

/** To a sweep: all of its cells, as its file has them now. */
export const submitUpdate = defineUpdate<void, [SweepSubmission]>('submit');

/** To a sweep: holds all of its cells, or lets them go on. The answer says what has changed. */
export const holdUpdate = defineUpdate<string, [Extract<SteeringRequest, { kind: 'pause' | 'resume' }>]>(
  'steer',
);
