/** Weights out of the graph to a safetensors object in S3, or from there into the graph. */
import { compile } from '../../phoenix/engine/compile.ts';
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import { floatVariables } from '../../phoenix/models/training.ts';
import { unetParameters } from '../../phoenix/models/unet-parameters.ts';
import { blobKey, Blobs } from '../../phoenix/storage/blobs.ts';
import { ObjectStore } from '../../phoenix/storage/object-store.ts';
import { decodeSafetensors } from '../../phoenix/storage/safetensors.ts';
import type { Setting } from '../benchmark.ts';
import { startS3Server } from '../s3-server.ts';
import { timedAsync, type Measured } from './measured.ts';
import { network, SEED } from './networks.ts';

export async function prepare({ model, part }: Setting): Promise<Measured> {
  const shapes = unetParameters(network(model!));
  const weights = initialWeights(shapes, SEED);
  const program = compile({ variables: floatVariables(shapes), functions: {} });
  program.set(weights);
  const server = await startS3Server();
  const store = new ObjectStore(server.storage);
  const blobs = new Blobs(store);

  let written = 0;
  const out = async () => {
    // Equal bytes would be one object, which is written once.
    const ref = await blobs.putTensors(program.get([...shapes.keys()]), { write: String(written++) });
    return ref;
  };
  const stored = await out();
  const into = async () => program.set(decodeSafetensors(await blobs.get(stored)).tensors);

  const close = async () => {
    store.close();
    await server.stop();
  };
  if (part === 'in') return { run: () => timedAsync(into), close };
  return {
    run: async () => {
      let key = '';
      const seconds = await timedAsync(async () => (key = blobKey(await out())));
      await store.delete(key);
      return seconds;
    },
    close,
  };
}
