/** The clients' models become one: by one step or, where they are many, by a tree of steps. */
import type { Aggregate, ClientRoundRecord, Ref, ServerState } from '../phoenix/federation/records.ts';
import type { StrategySettings } from '../phoenix/federation/strategies/index.ts';
import { FAN_IN, groupsOf, treeOf } from '../phoenix/federation/strategies/tree.ts';
import { counted } from './labels.ts';
import { aggregateRequest } from './requests.ts';
import type { RoundInput } from './round.ts';
import { type Steps, together } from './steps.ts';

/** @param clients by ascending id: the order of every sum */
export function aggregation(
  { experiment, round, base: global, serverState: state }: RoundInput,
  steps: Steps,
  clients: readonly ClientRoundRecord[],
): Promise<Aggregate> {
  return combined(steps, {
    strategy: experiment.federation.strategy,
    before: { round, global, state },
    models: clients.map(({ client, training }) => modelOf(client, training.model.base, training)),
    label: (members) => `round ${round} · average of ${members}`,
  });
}

/** Of layers that clients keep, by their numbers of images: no client ever gets it. */
export async function personalAverage(
  { round, base: global }: RoundInput,
  steps: Steps,
  clients: readonly ClientRoundRecord[],
): Promise<Ref> {
  const { model } = await combined(steps, {
    strategy: { kind: 'fedavg' },
    before: { round, global, state: {} },
    models: clients.map(({ client, training }) => modelOf(client, training.model.personal!, training)),
    label: (members) => `round ${round} · average of personal layers of ${members}, for evaluation only`,
  });
  return model;
}

interface Aggregation {
  readonly strategy: StrategySettings;
  /** What there is before the step. */
  readonly before: { readonly round: number; readonly global: Ref; readonly state: ServerState };
  readonly models: readonly ReturnType<typeof modelOf>[];
  readonly label: (members: string) => string;
}

const modelOf = (
  client: number,
  base: Ref,
  { examples, firstLoss }: Pick<ClientRoundRecord['training'], 'examples' | 'firstLoss'>,
) => ({ client, base, weight: examples, loss: firstLoss });

async function combined(steps: Steps, { strategy, before, models, label }: Aggregation): Promise<Aggregate> {
  const whole = label(counted(models.length, 'client'));
  const tree = models.length > FAN_IN ? treeOf(strategy) : null;
  if (tree === null) {
    return steps.cpu('aggregate', whole, aggregateRequest(strategy, { ...before, updates: models }));
  }
  const averages = await together(
    groupsOf(models).map((group) => () => {
      const members = `clients ${group[0]!.client} to ${group.at(-1)!.client}`;
      const request = aggregateRequest(tree.groups, { ...before, state: {}, updates: group });
      return steps.cpu('aggregate', label(members), request);
    }),
  );
  const updates = averages.map(({ model, weight }) => ({ base: model, weight, loss: null }));
  return steps.cpu('aggregate', whole, aggregateRequest(tree.root, { ...before, updates }));
}
