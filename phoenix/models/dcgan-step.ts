/** One training step of the DCGAN (Goodfellow et al. 2014; Radford et al. 2016; paper §4.1), as part of a graph. */
import { adam } from '../engine/adam.ts';
import { tf, type Tensor } from '../engine/backend.ts';
import { MovingBatchNorm } from '../engine/batch-norm.ts';
import { gradients } from '../engine/gradients.ts';
import type { Parameters } from '../engine/layers.ts';
import type { Optimizer, Specs } from '../engine/optimizer.ts';
import type { Trace } from '../engine/trace.ts';
import { discriminator, generator } from './dcgan.ts';
import { dcganParameters, dcganShapes, type DcganSettings } from './dcgan-parameters.ts';
import { floatVariables } from './training.ts';
import type { Shapes } from './unet-parameters.ts';

/** With the paper's β₁. */
const optimizers = {
  generator: adam({ beta1: 0.5 }, 'adam/generator'),
  discriminator: adam({ beta1: 0.5 }, 'adam/discriminator'),
} as const;

/** What a step reads and writes: weights and running statistics, and the variables of both optimisers. */
export function dcganVariables(settings: DcganSettings) {
  return {
    networks: floatVariables(dcganShapes(settings)),
    optimizers: ofBoth(settings, (optimizer, weights) => optimizer.variables(weights)),
  };
}

/** Both optimisers' state before their first step: what each variable is filled with. */
export const dcganOptimizerStart = (settings: DcganSettings): Map<string, number> =>
  ofBoth(settings, (optimizer, weights) => optimizer.initialState(weights));

function ofBoth<T>(settings: DcganSettings, of: (optimizer: Optimizer, weights: Specs) => Map<string, T>) {
  const { generator: g, discriminator: d } = dcganParameters(settings);
  return new Map([
    ...of(optimizers.generator, floatVariables(g.weights)),
    ...of(optimizers.discriminator, floatVariables(d.weights)),
  ]);
}

export interface DcganBatch {
  /** Real images, float32 [batch, 32, 32, 3], −1…1. */
  readonly images: Tensor;
  /** What the same number of images is generated from, float32 [batch, latents], standard normal. */
  readonly noise: Tensor;
}

/**
 * One update of the discriminator, on the real images and on generated ones, then one of the generator through the
 * updated discriminator. The images are generated once and serve both.
 * @param learningRate scalar
 * @returns the binary cross entropies that were improved, scalars; the discriminator's is the sum over both batches
 */
export function dcganStep(
  { images, noise }: DcganBatch,
  learningRate: Tensor,
  settings: DcganSettings,
  trace: Trace,
): { discriminator: Tensor; generator: Tensor } {
  const shapes = dcganParameters(settings);
  const weights = {
    generator: readAll(trace, shapes.generator.weights),
    discriminator: readAll(trace, shapes.discriminator.weights),
  };
  const moving = new MovingBatchNorm(trace);
  const generate = (p: Parameters) => generator(noise, { p, batchNorm: moving.normalise, trace }, settings);
  const judge = (batch: Tensor, p: Parameters) =>
    discriminator(batch, { p, batchNorm: moving.normalise, trace }, settings);

  /** Returns the graph output with the loss: a tensor would not outlive the generator's tape. */
  const updateDiscriminator = (generated: Tensor): string => {
    const result = gradients((values) => {
      const p = lookUp(values);
      const onReal = crossEntropy(judge(images, p), 'real');
      return onReal.add(crossEntropy(judge(generated, p), 'generated')).asScalar();
    }, weights.discriminator);
    optimizers.discriminator.apply(trace, result.gradients, learningRate);
    return trace.output(result.loss);
  };

  let discriminatorLoss = '';
  // The discriminator's update happens on the generator's tape, but no path of it leads to the generator's loss.
  const result = gradients((values) => {
    const generated = generate(lookUp(values));
    discriminatorLoss = updateDiscriminator(generated);
    const updated = readAllAfter(trace.effects, trace, shapes.discriminator.weights);
    return crossEntropy(judge(generated, lookUp(updated)), 'real');
  }, weights.generator);
  optimizers.generator.apply(trace, result.gradients, learningRate);
  moving.store();
  return {
    discriminator: trace.standIn(discriminatorLoss, { shape: [], dtype: 'float32' }),
    generator: result.loss,
  };
}

/** −mean ln p(target) in nats, where p(real) is the sigmoid of the logit. */
function crossEntropy(logits: Tensor, target: 'real' | 'generated'): Tensor {
  const surprise = tf.softplus(target === 'real' ? logits.neg() : logits);
  return surprise.mean().asScalar();
}

const lookUp =
  (values: ReadonlyMap<string, Tensor>): Parameters =>
  (name) =>
    values.get(name)!;

const readAll = (trace: Trace, shapes: Shapes) =>
  new Map([...shapes.keys()].map((name) => [name, trace.read(name)] as const));

/** The variables as they are once these nodes have run. */
function readAllAfter(nodes: readonly string[], trace: Trace, shapes: Shapes): Map<string, Tensor> {
  const dtype = 'float32';
  const control = nodes.map((node) => `^${node}`);
  return new Map(
    [...shapes].map(([name, shape]) => {
      const inputs = [trace.handle(name), ...control];
      const value = trace.node('ReadVariableOp', inputs, { dtype: { type: dtype } });
      return [name, trace.standIn(value, { shape, dtype })] as const;
    }),
  );
}
