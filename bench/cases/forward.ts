/** A forward pass of the U-Net over images that are in the graph already. */
import { compile } from '../../phoenix/engine/compile.ts';
import { tf } from '../../phoenix/engine/backend.ts';
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import { floatVariables } from '../../phoenix/models/training.ts';
import { inShards } from '../../phoenix/engine/shards.ts';
import { unet } from '../../phoenix/models/unet.ts';
import { unetParameters } from '../../phoenix/models/unet-parameters.ts';
import type { Setting } from '../benchmark.ts';
import { timed, type Measured } from './measured.ts';
import { IMAGE_SIZE, network, randomImages, SEED } from './networks.ts';

const TIMESTEP = 500;

export function prepare({ model, batch }: Setting): Measured {
  const settings = network(model!);
  const shapes = unetParameters(settings);
  const shape = [batch!, IMAGE_SIZE, IMAGE_SIZE, 3];
  const program = compile({
    variables: new Map([...floatVariables(shapes), ['images', { shape, dtype: 'float32' }]]),
    functions: {
      forward: {
        inputs: {},
        body: (_, trace) => {
          const time = tf.fill([batch!], TIMESTEP);
          const p = (name: string) => trace.read(name);
          const noise = inShards([trace.read('images'), time], ([x, t]) => unet(x, t, p, settings, trace));
          return { noise };
        },
      },
    },
  });
  const images = Float32Array.from(randomImages(batch!, IMAGE_SIZE), (value) => value / 127.5 - 1);
  program.set(initialWeights(shapes, SEED));
  program.set(new Map([['images', { shape, data: images }]]));
  return { run: () => timed(() => program.run('forward', {})) };
}
