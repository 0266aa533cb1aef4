/** Arguments of the command line as numbers and lists. */
import { InvalidArgumentError } from 'commander';

/** Of an option that may be given several times. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

export function positiveInteger(value: string): number {
  return integerFrom(1, value);
}

export function wholeNumber(value: string): number {
  return integerFrom(0, value);
}

/** Of 1. */
export function share(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0 && number <= 1))
    throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return number;
}

function integerFrom(least: number, value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isSafeInteger(number) || number < least)
    throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
  return number;
}
