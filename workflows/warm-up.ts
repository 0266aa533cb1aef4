/** Training on the globally shared images, from which the federated rounds start (paper §3.2.1). */
import type { Experiment } from '../phoenix/config/schema.ts';
import type { ModelRef, Ref, TrainingRecord, Yardstick } from '../phoenix/federation/records.ts';
import { isReached, joined, partsOf, type MetricTarget } from '../phoenix/federation/warm-up.ts';
import { counted } from './labels.ts';
import { generateRequest, measureRequest, trainRequest } from './requests.ts';
import type { StepRunner } from './steps.ts';

export interface WarmUp {
  readonly experiment: Experiment;
  readonly partition: Ref;
  /** |G| */
  readonly images: number;
  readonly yardstick: Yardstick;
  readonly incoming: ModelRef;
}

export async function warmUp(steps: StepRunner, task: WarmUp): Promise<TrainingRecord> {
  const { epochs, steps: count, until } = task.experiment.data.sharing!.warmup;
  const length = { epochs, steps: count };
  if (until && 'samples' in until) return inParts(steps, task, until, partsOf(length, until.every));
  return trainPart(steps, task, 'warm-up', 0, length, until && { target: until.target, every: until.every });
}

/** A part is a training of its own, with a fresh optimiser and its own noise, as a client's in a round is. */
async function inParts(
  steps: StepRunner,
  task: WarmUp,
  until: MetricTarget & { readonly samples: number },
  parts: ReturnType<typeof partsOf>,
): Promise<TrainingRecord> {
  let record: TrainingRecord | null = null;
  for (const [part, length] of parts.entries()) {
    const label = `warm-up ${part + 1} of ${parts.length}`;
    const incoming: ModelRef = record?.model ?? task.incoming;
    const training = await trainPart(steps, { ...task, incoming }, label, part, length, null);
    record = joined(record, training);
    const samples = await steps.gpu(
      'generate',
      `${label} · generate, ${counted(until.samples, 'sample')}`,
      generateRequest(task.experiment, {
        purpose: 'warm-up',
        round: part,
        client: null,
        count: until.samples,
        model: training.model,
      }),
    );
    const metrics = await steps.gpu(
      'measure',
      `${label} · metrics`,
      measureRequest(task.experiment, task.yardstick, [samples]),
    );
    if (isReached(until, metrics)) return { ...record, reached: true };
  }
  return { ...record!, reached: false };
}

function trainPart(
  steps: StepRunner,
  { experiment, partition, images, incoming }: WarmUp,
  label: string,
  part: number,
  length: { readonly epochs: number | null; readonly steps: number | null },
  untilLoss: { readonly target: number; readonly every: number } | null,
): Promise<TrainingRecord> {
  const request = trainRequest(experiment, { partition, client: null, round: part, incoming });
  return steps.gpu('train', `${label} · train, ${counted(images, 'image')}`, {
    ...request,
    training: { ...request.training, ...length },
    untilLoss,
  });
}
