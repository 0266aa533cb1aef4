/** The command line of `npm run chaos`. */
import { Command } from 'commander';
import { parseWith, positiveInteger } from '../infra/command-line.ts';

export interface Request {
  readonly kills: number;
  /** Decides who is killed, and when. */
  readonly seed: number;
  readonly json: boolean;
}

/**
 * @param args without the program's own name
 * @returns null after printing the help that was asked for
 * @throws BadArguments
 */
export function parseArguments(args: readonly string[]): Request | null {
  let request: Request | null = null;
  const program = new Command('npm run chaos --')
    .description(
      'Kills processes of the local stack while experiments/chaos.yaml runs, and compares what comes out.',
    )
    .option('--kills <n>', 'how many processes are killed, one every 10 to 20 s', positiveInteger, 20)
    .option('--seed <n>', 'decides which, and when', positiveInteger, 1)
    .option('--json', 'print one JSON object', false)
    .action((options: Request) => {
      request = options;
    });
  parseWith(program, args);
  return request;
}
