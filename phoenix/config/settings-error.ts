/** Where a setting was written: a position in a file, counted from 1, or on the command line. */
export type Place =
  | { readonly file: string; readonly line: number; readonly column: number }
  | { readonly override: string }
  | { readonly option: string };

/**
 * A setting that cannot be used. The message is one line that says where, which, what is wrong and what is allowed:
 * `experiments/x.yaml:7:12 data.sharing.alpha: 120 is out of range; allowed: 0 to 100`.
 */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly place: Place;
  /** As in `data.sharing.alpha`; empty when the file as a whole is meant. */
  readonly path: string;
  readonly allowed: string;

  constructor(place: Place, path: readonly (string | number)[], what: string, allowed: string) {
    const printed = path.map(printKey).join('.');
    super(`${printPlace(place)}${printed === '' ? '' : ` ${printed}`}: ${what}; allowed: ${allowed}`);
    this.place = place;
    this.path = printed;
    this.allowed = allowed;
  }
}

function printPlace(place: Place): string {
  if ('option' in place) return place.option;
  return 'override' in place ? `--set ${place.override}` : `${place.file}:${place.line}:${place.column}`;
}

/** A key from the file may hold anything; whatever is not plain is quoted, so that the message stays one line. */
function printKey(key: string | number): string {
  return /^[\w-]+$/.test(String(key)) ? String(key) : JSON.stringify(key);
}
