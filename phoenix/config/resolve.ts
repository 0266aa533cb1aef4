import { explain, type Problem } from './explain.ts';
import { brokenRules } from './rules.ts';
import { type Experiment, experimentSchema } from './schema.ts';

export type Resolution =
  { readonly experiment: Experiment } | { readonly problems: readonly [Problem, ...Problem[]] };

/**
 * The experiment that a plain value (as YAML gives it) describes, with every default filled in, or else all that is
 * wrong with it: unknown keys first, since a misspelt key also looks like a missing one.
 *
 * @param init what the folder that `init.from` names has become
 */
export function resolveExperiment(value: unknown, init: Experiment['init']): Resolution {
  const parsed = experimentSchema.safeParse(value);
  const problems = parsed.success
    ? brokenRules({ ...parsed.data, init })
    : parsed.error.issues
        .toSorted((a, b) => rank(a.code) - rank(b.code))
        .flatMap((issue) => explain(experimentSchema, value, issue));
  const [first, ...others] = problems;
  return first ? { problems: [first, ...others] } : { experiment: { ...parsed.data!, init } };
}

const rank = (code: string) => (code === 'unrecognized_keys' ? 0 : 1);
