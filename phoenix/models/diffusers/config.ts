/** Settings from the fields of a diffusers configuration, checked by the schema of our own settings. */
import type { z } from 'zod';
import { explain } from '../../config/explain.ts';
import { UnusableFolder } from './unusable-folder.ts';

/** What diffusers writes into each of its JSON files, with the version whose fields these are. */
export const classOf = (name: string) => ({ _class_name: name, _diffusers_version: '0.42.1' });

export type Config = Readonly<Record<string, unknown>>;

/** Where a configuration comes from, for messages. */
export interface Source {
  readonly file: string;
  readonly config: Config;
}

/**
 * The same with every field.
 *
 * @param classes the classes that can be read
 * @param defaults of diffusers, for fields that the file leaves out; they are all the fields there are
 * @throws UnusableFolder for another class, and for fields that the class does not have
 */
export function completed({ file, config }: Source, classes: readonly string[], defaults: Config): Source {
  const name = config['_class_name'] ?? classes[0];
  if (!classes.includes(name as string)) throw unsupported(file, '_class_name', name, classes.join(', '));
  const stray = Object.keys(config).find((field) => !field.startsWith('_') && !(field in defaults));
  if (stray !== undefined)
    throw new UnusableFolder(file, `${stray} is unknown`, `the fields of ${classes[0]}`);
  return { file, config: { ...defaults, ...config } };
}

/** @throws UnusableFolder where the field has none of the values */
export function expectOneOf({ file, config }: Source, field: string, ...values: unknown[]): void {
  const allowed = values.map((value) => JSON.stringify(value));
  if (allowed.includes(JSON.stringify(config[field]))) return;
  throw unsupported(file, field, config[field], allowed.join(' or '));
}

/**
 * @param values by the names of our settings
 * @param fields where each setting comes from
 * @throws UnusableFolder for the first value that our settings cannot have
 */
export function settingsFrom<S extends z.ZodType>(
  file: string,
  schema: S,
  values: Config,
  fields: Readonly<Record<string, string>>,
): z.output<S> {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const { path, what, allowed } = explain(schema, values, parsed.error.issues[0]!)[0]!;
  throw new UnusableFolder(file, `${fields[path[0]!]}: ${what}`, allowed);
}

export const unsupported = (file: string, field: string, value: unknown, supported: string): UnusableFolder =>
  new UnusableFolder(file, `${field} is ${JSON.stringify(value)}`, supported);
