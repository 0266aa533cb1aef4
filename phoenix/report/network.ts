import type { Experiment } from '../config/schema.ts';
import { dcganParameters } from '../models/dcgan-parameters.ts';
import { unetParameters, type Shapes } from '../models/unet-parameters.ts';
import { whole } from './format.ts';

/** "U-Net, 35,746,307 parameters" */
export function networkName(model: Experiment['model']): string {
  switch (model.kind) {
    case 'unet':
      return `U-Net, ${parameters(unetParameters(model))} parameters`;
    case 'dcgan': {
      const { generator, discriminator } = dcganParameters(model);
      return `DCGAN, ${parameters(generator.weights)} + ${parameters(discriminator.weights)} parameters`;
    }
  }
}

function parameters(shapes: Shapes): string {
  const sizes = [...shapes.values()].map((shape) => shape.reduce((product, n) => product * n, 1));
  return whole(sizes.reduce((sum, size) => sum + size, 0));
}
