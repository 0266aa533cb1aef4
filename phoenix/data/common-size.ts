/** The size at which sets of images of several sizes are compared. */

/** What one of those that have to agree can do. */
export interface SizeLimit {
  /** Largest side, in pixels: nothing is enlarged. */
  readonly most: number;
  /** The only ones that it takes; null: any. */
  readonly only: readonly number[] | null;
}

/** The largest side that all of them can do; null: there is none. At least one limit is finite or names sizes. */
export function commonSize(limits: readonly SizeLimit[]): number | null {
  const most = Math.min(...limits.map((limit) => limit.most));
  const lists = limits.map(({ only }) => only).filter((only) => only !== null);
  const [first] = lists;
  if (!first) return most;
  const common = first.filter((size) => size <= most && lists.every((only) => only.includes(size)));
  return common.length === 0 ? null : Math.max(...common);
}

/** Of images in memory, which are reduced by averages over whole pixels. */
export const byAverages = (size: number): SizeLimit => ({
  most: size,
  only: Array.from({ length: size }, (_, at) => at + 1).filter((part) => size % part === 0),
});
