/** What can be asked and said of a run while it is open. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Experiment } from '../phoenix/config/schema.ts';
import type { RunDocument } from '../phoenix/federation/records.ts';
import type { SteeringRequest } from '../phoenix/federation/steering.ts';

/** To an experiment: all that it knows of itself. */
export const documentQuery = defineQuery<RunDocument<Experiment>>('document');

/** To an experiment: the answer says what has changed; a request that cannot be followed is refused before it is recorded. */
export const steerUpdate = defineUpdate<string, [SteeringRequest]>('steer');

/** From an experiment to its round: stop where you are, or go on. */
export const pausedSignal = defineSignal<[boolean]>('paused');
