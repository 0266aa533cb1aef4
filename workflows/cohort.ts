/** The clients of a round: drawn, trained, in time where there is a deadline, and measured where filtering asks for it. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { ClientRoundRecord } from '../phoenix/federation/records.ts';
import { selectClients } from '../phoenix/federation/selection.ts';
import { awaitedClients, DEADLINE_PASSED, type LateClient } from '../phoenix/federation/stragglers.ts';
import { counted } from './labels.ts';
import { generateRequest, measureRequest, trainRequest } from './requests.ts';
import type { Participant, RoundInput } from './round.ts';
import type { StepRunner } from './steps.ts';

/** Both by ascending client id. */
export interface CohortResult {
  readonly clients: readonly ClientRoundRecord[];
  readonly late: readonly LateClient[];
}

/**
 * All are scheduled at once: 1,000 clients, the most that there can be, are no more than the server takes (2,000 open
 * activities, messages of 4 MB). Where too few have made the deadline, the furthest of the others go on from their checkpoints
 * without one, as many as the round still needs.
 */
export async function trainCohort(input: RoundInput, steps: StepRunner): Promise<CohortResult> {
  const { seed, federation } = input.experiment;
  const { deadline, minimumResults } = federation.participation;
  const active = input.clients.map(({ client }) => client);
  const drawn = new Set(selectClients(active, federation.participation, seed, input.round));
  const cohort = input.clients.filter(({ client }) => drawn.has(client));
  const train = (participants: readonly Participant[], seconds: number | null) =>
    steps.together(participants.map((participant) => () => localRound(input, steps, participant, seconds)));

  const inTime = await train(cohort, deadline);
  const late = inTime.filter(isLate);
  const awaited = new Set(awaitedClients(late, minimumResults - (inTime.length - late.length)));
  const later = await train(
    cohort.filter(({ client }) => awaited.has(client)),
    null,
  );
  return {
    clients: [...inTime, ...later]
      .filter((outcome): outcome is ClientRoundRecord => !isLate(outcome))
      .toSorted((a, b) => a.client - b.client),
    late: late.filter(({ client }) => !awaited.has(client)),
  };
}

/** Local training, then the client's own metrics where the two-strike rule asks for them. */
async function localRound(
  input: RoundInput,
  steps: StepRunner,
  { client, images, personal }: Participant,
  deadline: number | null,
): Promise<ClientRoundRecord | LateClient> {
  const { experiment, round: number, partition, base } = input;
  const label = `round ${number} · client ${client}`;
  const training = await steps
    .gpu(
      'train',
      `${label} · train, ${counted(images, 'image')}`,
      trainRequest(experiment, { partition, client, round: number, incoming: { base, personal } }),
      deadline,
    )
    .catch((error: unknown) => lateness(client, error));
  if (isLate(training)) return training;
  const { filtering } = experiment;
  if (filtering === null || number < filtering.startRound) return { client, training, metrics: null };

  const samples = await steps.gpu(
    'generate',
    `${label} · generate, ${counted(filtering.samples, 'sample')}`,
    generateRequest(experiment, {
      purpose: 'client',
      round: number,
      client,
      count: filtering.samples,
      model: training.model,
    }),
  );
  const {
    samples: count,
    fid,
    inceptionScore,
    precision,
    recall,
    classCounts,
  } = await steps.gpu(
    'measure',
    `${label} · metrics`,
    measureRequest(experiment, input.yardstick, [samples]),
  );
  const metrics = { samples: count, fid, inceptionScore, precision, recall, classCounts };
  return { client, training, metrics };
}

/** Being late is a value in the history, like poor performance; every other error is passed on. */
function lateness(client: number, error: unknown): LateClient {
  const cause = error instanceof ActivityFailure ? error.cause : null;
  if (!(cause instanceof ApplicationFailure) || cause.type !== DEADLINE_PASSED) throw error;
  const [{ done, total }] = cause.details as [{ done: number; total: number }];
  return { client, done, total };
}

const isLate = (outcome: object): outcome is LateClient => 'total' in outcome;
