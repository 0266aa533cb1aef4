/**
 * What the schema has to say about a value, in the words of a user of the YAML file: what is wrong, and what is
 * allowed there instead.
 */
import type { z } from 'zod';

/** One setting that is not as it must be. */
export interface Problem {
  /** From the root of the experiment to the setting. */
  readonly path: readonly (string | number)[];
  /** Whether the setting's key is wrong or its value. */
  readonly part: 'key' | 'value';
  readonly what: string;
  readonly allowed: string;
}

/** The problems that an issue of `schema` about `value` stands for: one, or one per unknown key. */
export function explain(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path as (string | number)[];
  if (issue.code === 'invalid_union' && 'options' in issue) {
    // The discriminator is missing or wrong, so that no variant is in force yet.
    const allowed = issue.options!.map(String).join(', ');
    return [{ path, part: 'value', what: wrong(valueAt(value, path), issue), allowed }];
  }
  const allowed = allowedAt(schemaAt(schema, value, path));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      part: 'key' as const,
      what: 'unknown key',
      allowed,
    }));
  }
  return [{ path, part: 'value', what: wrong(valueAt(value, path), issue), allowed }];
}

const nouns: Record<string, string> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of settings',
};

function wrong(value: unknown, issue: z.core.$ZodIssue): string {
  if (value === undefined) return 'is missing';
  if (issue.code === 'invalid_type')
    return `${show(value)} is not ${nouns[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    if (!Array.isArray(value)) return `${show(value)} is out of range`;
    return `a list of ${value.length} is too ${value.length === 0 ? 'short' : 'long'}`;
  }
  return `${show(value)} is not allowed`;
}

/** One line, however the value looks. */
function show(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (parent, key) => (parent as Record<string | number, unknown> | undefined)?.[key],
    value,
  );
}

type Node = z.core.$ZodTypes;

/** The part of the schema that is in force at `path`: `value` decides between the variants of a union. */
function schemaAt(schema: z.ZodType, value: unknown, path: readonly (string | number)[]): Node {
  let node = unwrap(schema as unknown as Node, value);
  path.forEach((key, depth) => {
    const next = step(node, key);
    node = unwrap(next, valueAt(value, path.slice(0, depth + 1)));
  });
  return node;
}

function step(node: Node, key: string | number): Node {
  const { def } = node._zod;
  if (def.type === 'array') return def.element as Node;
  if (def.type === 'object') return def.shape[key] as Node;
  if (def.type === 'record') return def.valueType as Node;
  throw new TypeError(`a path leads into ${def.type}`);
}

function unwrap(node: Node, value: unknown): Node {
  const { def } = node._zod;
  switch (def.type) {
    case 'default':
    case 'prefault':
    case 'nullable':
    case 'optional':
      return unwrap(def.innerType as Node, value);
    case 'pipe':
      return unwrap(def.in as Node, value);
    case 'union': {
      const key = discriminator(node);
      if (key === undefined) return node;
      const kind = (value as Record<string, unknown> | null)?.[key];
      return (def.options as Node[]).find((option) => kinds(node, option).includes(kind)) ?? node;
    }
    default:
      return node;
  }
}

/** Undefined for a union of other things than blocks, which says itself what is allowed. */
function discriminator(union: Node): string | undefined {
  return (union._zod.def as Partial<z.core.$ZodDiscriminatedUnionDef>).discriminator;
}

/** The values of the discriminator that choose `option`. */
function kinds(union: Node, option: Node): unknown[] {
  const { shape } = option._zod.def as z.core.$ZodObjectDef;
  return [...((shape[discriminator(union)!] as Node)._zod.values ?? [])];
}

function allowedAt(node: Node): string {
  const { def } = node._zod;
  if (def.type === 'object') return Object.keys(def.shape).join(', ');
  if (def.type === 'union' && discriminator(node) !== undefined) {
    const all = (def.options as Node[]).flatMap((option) => kinds(node, option));
    return `a block with ${discriminator(node)}: ${all.join(', ')}`;
  }
  return (node as unknown as z.ZodType).meta()!['allowed'] as string;
}
