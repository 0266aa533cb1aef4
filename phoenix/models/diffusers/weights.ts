/** The weights of a `UNet2DModel` as diffusers stores them, and as the network takes them. */
import {
  BadSafetensors,
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type Tensors,
} from '../../storage/safetensors.ts';
import type { Shapes } from '../unet-parameters.ts';
import { fromPyTorch, pyTorchShape, toPyTorch } from './layout.ts';
import { UnusableFolder } from './unusable-folder.ts';

/** Attention layers as older versions of diffusers name them, which it still reads. */
const renamed: Readonly<Record<string, string>> = {
  query: 'to_q',
  key: 'to_k',
  value: 'to_v',
  proj_attn: 'to_out.0',
};

/** The bytes of `diffusion_pytorch_model.safetensors`. */
export function encodeWeights(weights: Tensors): Uint8Array {
  const tensors = new Map([...weights].map(([name, tensor]) => [name, toPyTorch(tensor)]));
  return encodeSafetensors(tensors, { format: 'pt' });
}

/**
 * @param file for messages
 * @param shapes of the network's parameters, in our layout
 * @returns the parameters in the order of `shapes`
 * @throws UnusableFolder for anything but safetensors with exactly these parameters in float32
 */
export function decodeWeights(file: string, bytes: Uint8Array, shapes: Shapes): Tensors {
  const found = new Map([...readTensors(file, bytes)].map(([name, tensor]) => [currentName(name), tensor]));
  const stray = [...found.keys()].find((name) => !shapes.has(name));
  if (stray !== undefined) throw new UnusableFolder(file, `${stray} is unknown`, parametersOf(shapes));
  return new Map(
    [...shapes].map(([name, shape]) => {
      const tensor = found.get(name);
      if (!tensor) throw new UnusableFolder(file, `${name} is missing`, parametersOf(shapes));
      const [got, wanted] = [describe(tensor), `F32 [${pyTorchShape(shape).join(', ')}]`];
      if (got !== wanted) throw new UnusableFolder(file, `${name} is ${got}`, wanted);
      return [name, fromPyTorch(tensor)] as const;
    }),
  );
}

function readTensors(file: string, bytes: Uint8Array): Tensors {
  try {
    return decodeSafetensors(bytes).tensors;
  } catch (error) {
    if (!(error instanceof BadSafetensors)) throw error;
    throw new UnusableFolder(file, error.message, 'a safetensors file of float32 tensors');
  }
}

function currentName(name: string): string {
  const [, block, layer, part] = /^(.*\.attentions\.\d+)\.(\w+)\.(weight|bias)$/.exec(name) ?? [];
  return layer !== undefined && layer in renamed ? `${block}.${renamed[layer]}.${part}` : name;
}

const describe = ({ shape, data }: Tensor): string =>
  `${data instanceof Float32Array ? 'F32' : data.constructor.name} [${shape.join(', ')}]`;

const parametersOf = (shapes: Shapes): string => `the ${shapes.size} parameters that the configuration gives`;
