/** The command line of `npm run classifier`. */
import { Command, InvalidArgumentError } from 'commander';
import { parseWith, positiveInteger } from '../infra/command-line.ts';
import {
  CIFAR_CLASSIFIER_SIZES,
  type CifarClassifierSize,
} from '../phoenix/models/cifar-classifier-parameters.ts';

export type Request =
  | {
      readonly action: 'train';
      readonly size: CifarClassifierSize;
      readonly epochs: number;
      readonly seed: number;
    }
  | { readonly action: 'test'; readonly json: boolean };

/**
 * @param args without the program's own name
 * @returns null after printing the help that was asked for
 * @throws BadArguments
 */
export function parseArguments(args: readonly string[]): Request | null {
  let request: Request | null = null;
  const program = new Command('npm run classifier --').description(
    'The CIFAR-10 classifiers under weights/, in whose features samples are measured.',
  );
  program
    .command('train')
    .description('trains one and replaces its files; stopped, it goes on from its newest checkpoint')
    .requiredOption('--size <pixels>', `side of the images: ${CIFAR_CLASSIFIER_SIZES.join(' or ')}`, size)
    .option('--epochs <n>', 'passes over the 50,000 training images', positiveInteger, 24)
    .option('--seed <n>', 'of initial weights, order and crops', positiveInteger, 1)
    .action((options: Omit<Request & { action: 'train' }, 'action'>) => {
      request = { action: 'train', ...options };
    });
  program
    .command('test')
    .description('measures the accuracy of both on the 10,000 test images; exit code 1 if a record differs')
    .option('--json', 'print one JSON object', false)
    .action(({ json }: { json: boolean }) => {
      request = { action: 'test', json };
    });
  parseWith(program, args);
  return request;
}

function size(value: string): CifarClassifierSize {
  const found = CIFAR_CLASSIFIER_SIZES.find((side) => String(side) === value);
  if (found === undefined)
    throw new InvalidArgumentError(`It must be ${CIFAR_CLASSIFIER_SIZES.join(' or ')}.`);
  return found;
}
