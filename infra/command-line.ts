/** Command lines of this repository's own tools, which are not `phoenix`. */
import { CommanderError, InvalidArgumentError, type Command } from 'commander';

/** The arguments ask for something that cannot be done. The message is one line. */
export class BadArguments extends Error {
  override readonly name = 'BadArguments';
  readonly exitCode = 2;
}

/**
 * Runs the program's action, unless help was asked for and printed.
 *
 * @param args without the program's own name
 * @throws BadArguments
 */
export function parseWith(program: Command, args: readonly string[]): void {
  // Commands below it have taken over its settings when they were made.
  for (const command of [program, ...program.commands]) {
    command
      .showSuggestionAfterError(false)
      .configureOutput({ writeErr: () => undefined }) // the error that is thrown says it
      .exitOverride();
  }
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new BadArguments(error.message.replace(/^error: /, ''));
  }
}

export function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}
