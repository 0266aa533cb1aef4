/** The command line of `npm run bench`. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { benchmarks, selectBars, type Bar, type BenchmarkName, type ModelName } from './benchmarks.ts';

export interface Request {
  readonly name: BenchmarkName;
  readonly bars: readonly Bar[];
  readonly rounds: number;
  readonly peer: boolean;
  readonly json: boolean;
}

interface Options {
  readonly peer?: true;
  readonly json?: true;
  readonly model?: ModelName;
  readonly batch?: number;
  readonly rounds?: number;
}

/** The arguments ask for something that cannot be measured. The message is one line. */
export class BadArguments extends Error {
  override readonly name = 'BadArguments';
  readonly exitCode = 2;
}

/**
 * @param args without the program's own name
 * @returns null after printing the help that was asked for
 * @throws BadArguments
 */
export function parseArguments(args: readonly string[]): Request | null {
  let request: Request | null = null;
  const program = new Command('npm run bench --')
    .description('Measures this project, and PyTorch beside it.')
    .argument('<name>', 'what to measure', benchmarkName)
    .option('--peer', 'measure the PyTorch side as well, in turns with ours (installs it: several GB)')
    .option('--json', 'print one JSON object')
    .addOption(new Option('--model <model>', 'only this U-Net').choices(['small', 'full']))
    .option('--batch <n>', 'images per step', positiveInteger)
    .option('--rounds <n>', 'measured runs of each side', positiveInteger)
    .addHelpText('after', () => `\nNames:\n${names()}`)
    .showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => undefined }) // the error that is thrown says it
    .exitOverride()
    .action((name: BenchmarkName, options: Options) => {
      request = requestOf(name, options);
    });
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new BadArguments(error.message.replace(/^error: /, ''));
  }
  return request;
}

function requestOf(name: BenchmarkName, options: Options): Request {
  const { peer, choices, rounds } = benchmarks[name];
  for (const choice of ['model', 'batch'] as const) {
    if (options[choice] !== undefined && !(choices as readonly string[]).includes(choice)) {
      throw new BadArguments(`--${choice} is no choice of ${name}; leave it out`);
    }
  }
  if (options.peer && peer === null) {
    throw new BadArguments(`${name} has no peer to measure; leave --peer out`);
  }
  const { model, batch } = options;
  const wanted = { ...(model && { model }), ...(batch && { batch }) };
  return {
    name,
    bars: selectBars(name, wanted),
    rounds: options.rounds ?? rounds,
    peer: options.peer === true,
    json: options.json === true,
  };
}

function benchmarkName(value: string): BenchmarkName {
  if (!Object.hasOwn(benchmarks, value)) {
    throw new InvalidArgumentError(`Allowed: ${Object.keys(benchmarks).join(', ')}.`);
  }
  return value as BenchmarkName;
}

function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

const names = (): string =>
  Object.entries(benchmarks)
    .map(([name, { title }]) => `  ${name.padEnd(12)} ${title}`)
    .join('\n');
