/** Trains or tests the classifiers that come with Phoenix. */
import { StepStopped } from '../activities/steps/context.ts';
import type { Request } from './arguments.ts';
import { test } from './test.ts';
import { train } from './train.ts';

export async function main(request: Request): Promise<void> {
  try {
    await (request.action === 'train' ? train(request) : test(request.json));
  } catch (error) {
    if (!(error instanceof StepStopped)) throw error;
    console.error(error.message);
    process.exitCode = 130;
  }
}
