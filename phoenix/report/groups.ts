/** Runs that differ in their seed alone, and the cell of the paper's tables that their settings put them in. */
import type { Experiment } from '../config/schema.ts';
import type { Metrics } from '../federation/metrics.ts';
import type { FullRun, RunDocument } from '../federation/records.ts';
import { canonicalJson } from '../storage/canonical-json.ts';

export type Run = FullRun<Experiment>;

export interface Group {
  /** "unet 2-class β25 α100": network, mode, sharing, personal layers and rule. */
  readonly cell: string;
  /** By seed, ascending; each has metrics. */
  readonly runs: readonly { readonly run: Run; readonly metrics: Metrics }[];
}

export const lastMetrics = ({ rounds }: Pick<RunDocument, 'rounds'>): Metrics | null =>
  rounds.findLast(({ metrics }) => metrics)?.metrics ?? null;

export function cellOf({ model, data, federation, filtering }: Experiment): string {
  const { partition, sharing } = data;
  const mode = partition.kind === 'classes' ? `${partition.classesPerClient}-class` : partition.kind;
  const rule = filtering?.rule === 'threshold' ? `threshold${filtering.threshold}` : filtering?.rule;
  return [
    model.kind,
    mode,
    ...(sharing ? [`β${sharing.beta}`, `α${sharing.alpha}`] : []),
    ...(federation.personalization === 'none' ? [] : ['personal']),
    ...(rule ? [rule] : []),
  ].join(' ');
}

/**
 * Runs without metrics yet are in no group, and neither are runs that their settings alone do not explain. A run that was
 * given twice counts once.
 */
export function groupsOf(runs: readonly Run[]): Group[] {
  const groups = new Map<string, Map<number, { run: Run; metrics: Metrics }>>();
  for (const run of runs) {
    const metrics = lastMetrics(run);
    if (!metrics || run.steered || run.timingDependent) continue;
    const { name: _name, checkpoint: _checkpoint, seed, ...settings } = run.settings;
    const key = canonicalJson({ settings, round: run.rounds.length });
    groups.set(key, (groups.get(key) ?? new Map()).set(seed, { run, metrics }));
  }
  return [...groups.values()].map((bySeed) => {
    const ordered = [...bySeed].toSorted(([a], [b]) => a - b).map(([, one]) => one);
    return { cell: cellOf(ordered[0]!.run.settings), runs: ordered };
  });
}
