/** The memorisation check (the paper's future work). */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { novelty, type Novelty } from '../../phoenix/metrics/novelty.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';
import { loadNearest } from './nearest-images.ts';

export interface FindCopiesRequest {
  /** Results of `nearestImages` among the training images: of generated images, and of those that nobody has trained on. */
  readonly generated: Ref;
  readonly heldOut: Ref;
  /** How many of the closest pairs are named. */
  readonly pairs: number;
  readonly seed: number;
}

/** @throws CorruptObject, MissingObject */
export async function findCopies(
  context: StepContext,
  request: FindCopiesRequest,
): Promise<Outcome<Novelty>> {
  const { generated, heldOut, pairs } = request;
  const identity = {
    name: 'findCopies',
    version: 1,
    settings: { pairs },
    inputs: { generated, heldOut },
    seed: deriveSeed(request.seed, 'novelty'),
  };
  return runStep<Novelty>(context, identity, request, async () =>
    novelty(
      await loadNearest(context.blobs, generated),
      await loadNearest(context.blobs, heldOut),
      identity.seed,
      pairs,
    ),
  );
}
