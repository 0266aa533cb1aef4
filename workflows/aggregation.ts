/** The clients' models become one: by one step or, where they are many, by a tree of steps. */
import type { Aggregate, ClientRoundRecord } from '../phoenix/federation/records.ts';
import { FAN_IN, groupsOf, treeOf } from '../phoenix/federation/strategies/tree.ts';
import { counted } from './labels.ts';
import { aggregateRequest } from './requests.ts';
import type { RoundInput } from './round.ts';
import { type Steps, together } from './steps.ts';

/** @param clients by ascending id: the order of every sum */
export async function aggregation(
  { experiment, round, base: global, serverState: state }: RoundInput,
  steps: Steps,
  clients: readonly ClientRoundRecord[],
): Promise<Aggregate> {
  const { strategy } = experiment.federation;
  const all = { round, global, state };
  const label = `round ${round} · average of ${counted(clients.length, 'client')}`;
  const tree = clients.length > FAN_IN ? treeOf(strategy) : null;
  if (tree === null) {
    const request = aggregateRequest(strategy, { ...all, updates: clients.map(updateOf) });
    return steps.cpu('aggregate', label, request);
  }
  const averages = await together(
    groupsOf(clients).map((group) => () => {
      const members = `clients ${group[0]!.client} to ${group.at(-1)!.client}`;
      const request = aggregateRequest(tree.groups, { ...all, state: {}, updates: group.map(updateOf) });
      return steps.cpu('aggregate', `round ${round} · average of ${members}`, request);
    }),
  );
  const updates = averages.map(({ model, weight }) => ({ base: model, weight, loss: null }));
  return steps.cpu('aggregate', label, aggregateRequest(tree.root, { ...all, updates }));
}

const updateOf = ({ training }: ClientRoundRecord) => ({
  base: training.model.base,
  weight: training.examples,
  loss: training.firstLoss,
});
