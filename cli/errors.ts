/** What a command that fails says, and with which exit code it ends: 2 for bad input, 3 for cells of a sweep, else 1. */

/** The command line asks for something that there is not. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

/** Said in one line each: these name what is wrong with what the user gave. Nothing was started. */
const badInput = new Set([
  'BadInput',
  'NotServed',
  'SettingsError',
  'UnusableFolder',
  'UnusableImages',
  'WeightsMissing',
  'WrongFile',
]);

/** Mistakes in the program itself; where they come from matters more than what they say. */
const mistakes = [TypeError, RangeError, ReferenceError];

/**
 * Prints the error on standard error.
 * @returns the exit code
 */
export function explain(error: unknown): 1 | 2 | 3 {
  const isMistake = !(error instanceof Error) || mistakes.some((kind) => error.constructor === kind);
  console.error(isMistake ? error : `${error.message}${advice(error)}`);
  if (!(error instanceof Error)) return 1;
  if (error.name === 'CellsFailed') return 3;
  return badInput.has(error.name) ? 2 : 1;
}

const remake = '; `npx phoenix resume` of the run that made it computes it again';

const advices: Readonly<Record<string, string>> = {
  StoreUnreachable: '; `npx phoenix up` starts the local stack, PHOENIX_S3_ENDPOINT names another one',
  CorruptSweep: '; `npx phoenix sweep` of its file begins it anew, and computes nothing twice',
  CorruptObject: remake,
  MissingObject: remake,
};

const advice = ({ name }: Error): string => advices[name] ?? '';
