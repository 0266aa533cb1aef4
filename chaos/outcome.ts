/** What must be the same, whatever was killed. */
import type { FullRun } from '../phoenix/federation/records.ts';
import { canonicalJson } from '../phoenix/storage/canonical-json.ts';

export type Outcome = ReturnType<typeof outcomeOf>;

export const outcomeOf = ({ final, untrained, warmup, rounds, ledger }: FullRun) => ({
  weightsHash: final?.weightsHash ?? null,
  /** References: hashes of the bytes. */
  samples: [final?.grid ?? null, ...rounds.map(({ samples }) => samples)],
  metrics: [untrained, ...rounds.map(({ metrics }) => metrics)],
  /** Losses, weights and metrics of each client in each round: what was lost with a process is in its checkpoint. */
  training: [warmup, ...rounds.map(({ clients }) => clients)],
  ledger,
});

/** Names of the parts in which two outcomes are not the same. */
export const differences = (one: Outcome, other: Outcome): (keyof Outcome)[] =>
  (Object.keys(one) as (keyof Outcome)[]).filter(
    (part) => canonicalJson(one[part]) !== canonicalJson(other[part]),
  );
