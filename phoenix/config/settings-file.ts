/** A YAML file of settings whose values know where they stand, and the `--set` overrides on top of it. */
import { readFileSync } from 'node:fs';
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { type Place, SettingsError } from './settings-error.ts';

type Path = readonly (string | number)[];

export interface SettingsFile {
  /** The file's content with the overrides applied, as plain data. */
  readonly value: unknown;
  /** Where the setting's key or value was written; if it was not, the key of the closest block around it. */
  locate(path: Path, part: 'key' | 'value'): Place;
  /** How many segments of the path were written. */
  depth(path: Path): number;
}

/** `overrides`: `path=value` each, with a YAML value; later ones win. Throws `SettingsError`. */
export function readSettings(file: string, overrides: readonly string[]): SettingsFile {
  const settings = readFile(file);
  if (settings.value === null && overrides.length === 0) {
    throw new SettingsError(
      settings.locate([], 'value'),
      [],
      'the file is empty',
      'an experiment; experiments/quickstart.yaml is one',
    );
  }
  return withOverrides(settings, overrides.map(parseOverride));
}

/** Throws `SettingsError`. */
export function readFile(file: string): SettingsFile {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const document = parseYaml(readText(file), placeAt, lines);
  const find = (path: Path, part: 'key' | 'value') => locateNode(document, path, part);
  return {
    value: toPlain(document, placeAt),
    locate: (path, part) => placeAt(find(path, part).offset),
    depth: (path) => find(path, 'key').depth,
  };
}

/** Later ones win. Throws `SettingsError`. */
export function withOverrides(settings: SettingsFile, overrides: readonly Override[]): SettingsFile {
  return {
    value: overrides.reduce(override, settings.value),
    locate(path, part) {
      const setting = overrides.findLast((each) => commonDepth(each.path, path) === each.path.length);
      if (setting) return setting.place;
      const around = overrides.findLast((each) => commonDepth(each.path, path) > settings.depth(path));
      return around?.place ?? settings.locate(path, part);
    },
    depth: (path) => Math.max(settings.depth(path), ...overrides.map((each) => commonDepth(each.path, path))),
  };
}

/** A block of a file as if it were a file of its own. */
export const blockAt = (settings: SettingsFile, key: string): SettingsFile => ({
  value: blockOf(settings.value)[key],
  locate: (path, part) => settings.locate([key, ...path], part),
  depth: (path) => settings.depth([key, ...path]) - 1,
});

/** Plain settings with overrides on top; every place is that of an override. Throws `SettingsError`. */
export function overridden(
  settings: unknown,
  overrides: readonly string[],
): Omit<SettingsFile, 'depth'> & { paths: string[] } {
  const parsed = overrides.map(parseOverride);
  return {
    value: parsed.reduce(override, settings),
    paths: parsed.map(({ path }) => path.join('.')),
    locate: (path) =>
      parsed.findLast((each) => commonDepth(each.path, path) > 0)?.place ?? { override: overrides.join(' ') },
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`;
    throw new SettingsError(
      { file, line: 1, column: 1 },
      [],
      what,
      'a YAML file such as experiments/quickstart.yaml',
    );
  }
}

function parseYaml(
  text: string,
  placeAt: (offset: number) => Place,
  lineCounter = new LineCounter(),
): Document {
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem)
    throw new SettingsError(placeAt(problem.pos[0]), [], briefly(problem.message), 'well-formed YAML');
  return document;
}

function toPlain(document: Document, placeAt: (offset: number) => Place): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases that name nothing, or that unfold into too much.
    throw new SettingsError(placeAt(0), [], briefly((error as Error).message), 'well-formed YAML');
  }
}

/** A value in place of what is written. */
export interface Override {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly place: Place;
}

/** Of `path=value`. Throws `SettingsError`. */
export function parseOverride(text: string): Override {
  const place = { override: text.replaceAll(/\s+/g, ' ') };
  const [, path, value] = /^([^=]*[^=.])=(.*)$/s.exec(text) ?? [];
  if (path === undefined || value === undefined || path.split('.').includes('')) {
    throw new SettingsError(place, [], 'is not an override', 'path=value, as in data.sharing.alpha=50');
  }
  const placeAt = () => place;
  return { path: path.split('.'), value: toPlain(parseYaml(value, placeAt), placeAt), place };
}

/** `target` with the override's value in its place; blocks that are missing or null on the way are made. */
function override(target: unknown, { path, value, place }: Override): unknown {
  const put = (parent: unknown, [key, ...rest]: readonly string[]): unknown => {
    if (key === undefined) return value;
    if (Array.isArray(parent)) {
      if (!(Number(key) in parent)) {
        throw new SettingsError(
          place,
          path,
          `a list of ${parent.length} has no entry ${key}`,
          entries(parent),
        );
      }
      return parent.with(Number(key), put(parent[Number(key)], rest));
    }
    if (typeof parent === 'object') {
      const inner = Object.getOwnPropertyDescriptor(parent ?? {}, key)?.value as unknown;
      return { ...parent, [key]: put(inner, rest) };
    }
    if (parent === undefined) return { [key]: put(undefined, rest) };
    throw new SettingsError(
      place,
      path,
      `${JSON.stringify(parent)} is a single value, not a block`,
      'a setting',
    );
  };
  return put(target, path);
}

function entries(list: readonly unknown[]): string {
  return list.length === 0 ? 'a whole list' : `0 to ${list.length - 1}`;
}

/** How many segments of `path` the file holds, and where the setting, or else the key of the last one, starts. */
function locateNode(
  document: Document,
  path: Path,
  part: 'key' | 'value',
): { depth: number; offset: number } {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) return { depth, offset };
      offset = startOf(pair.key) ?? offset;
      node = pair.value ?? pair.key;
    } else if (isSeq(node) && node.items[Number(key)] !== undefined) {
      node = node.items[Number(key)];
      offset = startOf(node) ?? offset;
    } else {
      return { depth, offset };
    }
  }
  return { depth: path.length, offset: part === 'key' ? offset : (startOf(node) ?? offset) };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Number of leading segments that two paths share. */
function commonDepth(a: Path, b: Path): number {
  const different = a.findIndex((key, depth) => String(key) !== String(b[depth]));
  return different === -1 ? a.length : different;
}

/** What the parser says, without what it advises its caller. */
function briefly(text: string): string {
  return text.split(/[\n;]/, 1)[0]!;
}

export const isBlock = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `value` if it is a block of settings, otherwise one without any. */
export const blockOf = (value: unknown): Readonly<Record<string, unknown>> => (isBlock(value) ? value : {});
