/** What all rules of filtering have in common: they say which clients of a round are poor (paper §3.2.2). */

/** A client as a rule sees it. */
export interface Judged {
  readonly client: number;
  /** The metrics that count, 0..1: one, or precision and recall. */
  readonly values: readonly number[];
}

/**
 * @param ranked from the lowest mean of values up; of equals the lowest id first
 * @param settings a null threshold: the rule has none
 * @returns the poor ones, in the same order
 */
export type PoorRule = (
  ranked: readonly Judged[],
  settings: { readonly threshold: number | null },
) => readonly Judged[];
