/** What checkpoints take of the time of a long training: between the end of the first one and the end of the third. */
import { trainThrough } from '../../activities/steps/training-loop.ts';
import { StepStopped } from '../../activities/steps/context.ts';
import { experimentSchemas } from '../../phoenix/config/schema.ts';
import { batchIndices } from '../../phoenix/data/batches.ts';
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import { unetParameters } from '../../phoenix/models/unet-parameters.ts';
import { plainFingerprint } from '../../phoenix/storage/fingerprint.ts';
import { ObjectStore } from '../../phoenix/storage/object-store.ts';
import { runStep, StepMemo, type Checkpoints } from '../../phoenix/storage/steps.ts';
import type { Setting } from '../benchmark.ts';
import { startS3Server } from '../s3-server.ts';
import type { Measured } from './measured.ts';
import { IMAGE_SIZE, network, SEED } from './networks.ts';
import { trainingSteps } from './train.ts';

/** In seconds. */
const now = (): number => performance.now() / 1000;

const { seconds: checkpointSeconds } = experimentSchemas.unet.parse({ name: 'bench' }).checkpoint;

export async function prepare({ model, batch }: Setting): Promise<Measured> {
  const weights = initialWeights(unetParameters(network(model!)), SEED);
  const { trainer } = trainingSteps(network(model!), batch!, IMAGE_SIZE);
  const server = await startS3Server();
  const store = new ObjectStore(server.storage);
  const site = {
    memo: new StepMemo(store),
    owner: { workflow: 'bench', execution: '', activity: '', attempt: 1 },
    fingerprint: plainFingerprint(),
  };
  const plan = {
    name: 'bench',
    initial: async () => weights,
    steps: 1_000_000,
    batch: (step: number) => batchIndices(16 * batch!, batch!, step, SEED),
    learningRate: () => 1e-4,
    seed: SEED,
    checkpointSeconds,
  };
  const train = async (): Promise<number> => {
    let stepEnd = 0;
    /** Seconds from the end of a step until its checkpoint was in the store, and when that was. */
    const saved: { seconds: number; end: number }[] = [];
    const watched = (checkpoints: Checkpoints): Checkpoints => ({
      load: () => checkpoints.load(),
      save: async (...checkpoint) => {
        await checkpoints.save(...checkpoint);
        const end = now();
        saved.push({ seconds: end - stepEnd, end });
      },
    });
    const context = { progress: () => void (stepEnd = now()), stopRequested: () => saved.length >= 3 };
    const identity = { name: 'bench', version: 1, settings: null, inputs: {}, seed: SEED };
    await runStep(site, identity, null, (checkpoints) =>
      trainThrough(context, watched(checkpoints), trainer, plan),
    ).catch((error: unknown) => {
      if (!(error instanceof StepStopped)) throw error;
    });
    const [first, second, third] = saved;
    return (second!.seconds + third!.seconds) / (third!.end - first!.end);
  };
  return {
    run: train,
    close: async () => {
      store.close();
      await server.stop();
    },
  };
}
