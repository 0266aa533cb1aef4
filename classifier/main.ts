/** Trains or tests the classifiers that come with Phoenix. */
import type { Request } from './arguments.ts';
import { test } from './test.ts';
import { train } from './train.ts';

export async function main(request: Request): Promise<void> {
  switch (request.action) {
    case 'train':
      return train(request);
    case 'test':
      return test(request.json);
  }
}
