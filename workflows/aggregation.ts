/** The clients' models become one: by one step or, where they are many, by a tree of steps. */
import type { AggregateRequest } from '../activities/steps/aggregate.ts';
import type { PrivacySpent } from '../phoenix/federation/privacy/accountant.ts';
import { noiseStdOf } from '../phoenix/federation/privacy/clipping.ts';
import { describeSpent } from '../phoenix/federation/privacy/describe.ts';
import type { Aggregate, ClientRoundRecord, Ref, ServerState } from '../phoenix/federation/records.ts';
import type { StrategySettings } from '../phoenix/federation/strategies/index.ts';
import { FAN_IN, groupsOf, treeOf } from '../phoenix/federation/strategies/tree.ts';
import { counted } from './labels.ts';
import { aggregateRequest } from './requests.ts';
import type { Participant, RoundInput } from './round.ts';
import type { StepRunner } from './steps.ts';

/**
 * Updates are clipped where they are averaged first, and noise is added once, to the average of all.
 *
 * @param clients by ascending id: the order of every sum
 * @param spent what the average will have cost in privacy; null where it is not protected
 */
export function aggregation(
  { experiment, round, base: global, serverState: state }: RoundInput,
  steps: StepRunner,
  clients: readonly ClientRoundRecord[],
  spent: PrivacySpent | null,
): Promise<Aggregate> {
  const { strategy, privacy } = experiment.federation;
  const examples = clients.map(({ training }) => training.examples);
  const noiseStd = privacy ? noiseStdOf(privacy, examples) : 0;
  const cost = spent ? `, ${describeSpent(spent)}` : '';
  return combined(steps, {
    strategy,
    given: { round, global, state, clip: privacy?.clip ?? null, noiseStd },
    models: clients.map(({ client, training: { model, examples, firstLoss } }) => ({
      client,
      base: model.base,
      weight: examples,
      loss: firstLoss,
    })),
    label: (members) => `round ${round} · average of ${members}`,
    cost,
  });
}

/** Of layers that clients keep, by their numbers of images: no client ever gets it. */
export async function personalAverage(
  { round, base: global }: RoundInput,
  steps: StepRunner,
  clients: readonly Participant[],
): Promise<Ref> {
  const { model } = await combined(steps, {
    strategy: { kind: 'fedavg' },
    given: { round, global, state: {}, clip: null, noiseStd: 0 },
    models: clients.map(({ client, images, personal }) => ({
      client,
      base: personal!,
      weight: images,
      loss: null,
    })),
    label: (members) => `round ${round} · average of personal layers of ${members}, for evaluation only`,
    cost: '',
  });
  return model;
}

interface ClientModel {
  readonly client: number;
  readonly base: Ref;
  readonly weight: number;
  readonly loss: number | null;
}

interface Aggregation {
  readonly strategy: StrategySettings;
  /** What there is before the step, and how its updates are protected. */
  readonly given: {
    readonly round: number;
    readonly global: Ref;
    readonly state: ServerState;
    readonly clip: number | null;
    readonly noiseStd: number;
  };
  readonly models: readonly ClientModel[];
  readonly label: (members: string) => string;
  /** Of the average of all, for its label. */
  readonly cost: string;
}

async function combined(
  steps: StepRunner,
  { strategy, given, models, label, cost }: Aggregation,
): Promise<Aggregate> {
  const whole = `${label(counted(models.length, 'client'))}${cost}`;
  const tree = models.length > FAN_IN ? treeOf(strategy) : null;
  if (tree === null) {
    return steps.cpu('aggregate', whole, aggregateRequest(strategy, { ...given, updates: models }));
  }
  // One after the other: each group is work for a whole processor, and one model in its worker's memory.
  const updates: AggregateRequest['updates'][number][] = [];
  for (const group of groupsOf(models)) {
    const members = `clients ${group[0]!.client} to ${group.at(-1)!.client}`;
    const own = { state: {}, noiseStd: 0, updates: group };
    const request = aggregateRequest(tree.groups, { ...given, ...own });
    const average = await steps.cpu('aggregate', label(members), request);
    updates.push({ base: average.model, weight: average.weight, loss: null });
  }
  return steps.cpu('aggregate', whole, aggregateRequest(tree.root, { ...given, clip: null, updates }));
}
