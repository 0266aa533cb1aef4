import { explain, type Problem } from './explain.ts';
import { brokenRules } from './rules.ts';
import { type Experiment, schemaFor } from './schema.ts';

export type Resolution =
  { readonly experiment: Experiment } | { readonly problems: readonly [Problem, ...Problem[]] };

/**
 * The experiment that a plain value (as YAML gives it) describes, with every default filled in, or else all that is
 * wrong with it: unknown keys first, since a misspelt key also looks like a missing one.
 *
 * @param init what the folder that `init.from` names has become
 */
export function resolveExperiment(value: unknown, init: Experiment['init']): Resolution {
  const schema = schemaFor(value);
  const parsed = schema.safeParse(value);
  const experiment = parsed.success ? { ...withItsOwnLength(parsed.data, value), init } : null;
  const problems = experiment
    ? brokenRules(experiment)
    : parsed
        .error!.issues.toSorted((a, b) => rank(a.code) - rank(b.code))
        .flatMap((issue) => explain(schema, value, issue));
  const [first, ...others] = problems;
  return first ? { problems: [first, ...others] } : { experiment: experiment! };
}

type Settings = Omit<Experiment, 'init'>;

/** A client of FedSGD takes one step, so that there is no default: `rules.ts` refuses what the value itself asks for. */
function withItsOwnLength<S extends Settings>(settings: S, value: unknown): S {
  if (settings.federation.strategy.kind !== 'fedsgd') return settings;
  const { epochs = null, steps = null } =
    (value as { training?: Partial<Settings['training']> }).training ?? {};
  return { ...settings, training: { ...settings.training, epochs, steps } };
}

const rank = (code: string) => (code === 'unrecognized_keys' ? 0 : 1);
