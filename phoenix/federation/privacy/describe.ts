/** What was spent, in words and in tables. */
import type { PrivacySpent } from './accountant.ts';

/** "ε = 3.21 at δ = 0.00001" */
export const describeSpent = ({ epsilon, delta }: PrivacySpent): string =>
  `ε = ${epsilonText(epsilon)} at δ = ${delta}`;

/** What a table of rounds says of ε, as cells to spread into its rows: none where no round is protected. */
export interface EpsilonColumn {
  readonly title: readonly string[];
  /** Null: a row that is no round. */
  cell(round: Spending | null): readonly string[];
}

interface Spending {
  readonly privacy: PrivacySpent | null;
}

export function epsilonColumn(rounds: readonly Spending[]): EpsilonColumn {
  const spent = rounds.find(({ privacy }) => privacy)?.privacy;
  if (!spent) return { title: [], cell: () => [] };
  return {
    title: [`ε at δ = ${spent.delta}`],
    cell: (round) => [round?.privacy ? epsilonText(round.privacy.epsilon) : '–'],
  };
}

/** Two decimals, rounded up: what is said must hold. */
function epsilonText(epsilon: number | null): string {
  return epsilon === null ? '∞' : (Math.ceil(epsilon * 100) / 100).toFixed(2);
}
