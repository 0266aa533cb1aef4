/** The command line of `npm run bench`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { BadArguments, parseWith, positiveInteger } from '../infra/command-line.ts';
import type { Bar, ModelName } from './benchmark.ts';
import { benchmarks, selectBars, type BenchmarkName } from './benchmarks.ts';

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
    .action((name: BenchmarkName, options: Options) => {
      request = requestOf(name, options);
    });
  parseWith(program, args);
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

const names = (): string =>
  Object.entries(benchmarks)
    .map(([name, { title }]) => `  ${name.padEnd(12)} ${title}`)
    .join('\n');
