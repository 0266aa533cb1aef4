/**
 * LaNet's structure and its parameters, without tfjs: names as in the published checkpoint, shapes in TensorFlow's
 * layout (convolutions [height, width, in, out], depthwise ones [height, width, channels, 1], dense layers [in, out]).
 */
import { lanetGenotype, readsInput, type Edge } from './lanet-genotype.ts';
import type { Shapes } from './unet-parameters.ts';

export const CLASSES = 10;
const CELLS = 24;
/** Of the first cells. They double where the resolution halves. */
const CHANNELS = 128;
const STEM_CHANNELS = 3 * CHANNELS;
/** Cells of one resolution. */
const STAGE = CELLS / 3;
const AUXILIARY = { inner: 128, features: 768 } as const;

export interface CellShape {
  /** `cells.0` … `cells.23` */
  readonly name: string;
  /** Of both inputs: the outputs of the last cell but one and of the last. */
  readonly inputs: readonly [number, number];
  /** Of each node. */
  readonly channels: number;
  /** Of what reads the cell's inputs: 2 where the cell halves the resolution. */
  readonly stride: 1 | 2;
  /** Whether input 0 has twice the resolution of input 1, since the cell between them has halved it. */
  readonly unequalInputs: boolean;
}

const outputsOf = (cell: CellShape | undefined): number =>
  cell ? lanetGenotype.outputs.length * cell.channels : STEM_CHANNELS;

/** In the order of the forward pass. */
export const lanetCells: readonly CellShape[] = cellShapes();

function cellShapes(): CellShape[] {
  const cells: CellShape[] = [];
  for (let k = 0; k < CELLS; k++) {
    cells.push({
      name: `cells.${k}`,
      inputs: [outputsOf(cells[k - 2]), outputsOf(cells[k - 1])],
      channels: CHANNELS * 2 ** Math.floor(k / STAGE),
      stride: k > 0 && k % STAGE === 0 ? 2 : 1,
      unequalInputs: cells[k - 1]?.stride === 2,
    });
  }
  return cells;
}

/** The cell whose output the auxiliary head reads. */
export const AUXILIARY_CELL = lanetCells[2 * STAGE]!;

/** Length of the vector from which it tells the classes. */
export const LANET_FEATURES = outputsOf(lanetCells.at(-1));

/** Name → shape of every weight and running statistic, those of the auxiliary head included. */
export const lanetParameters: Shapes = parametersOf(lanetCells);

function parametersOf(cells: readonly CellShape[]): Shapes {
  const shapes = new Map<string, readonly number[]>();
  const kernel = (name: string, ...shape: readonly number[]) => shapes.set(`${name}.weight`, shape);
  const dense = (name: string, inputs: number, outputs: number) =>
    kernel(name, inputs, outputs).set(`${name}.bias`, [outputs]);
  const norm = (name: string, channels: number) => {
    for (const part of ['weight', 'bias', 'running_mean', 'running_var'])
      shapes.set(`${name}.${part}`, [channels]);
  };
  const unit = (name: string, inputs: number, outputs: number) => {
    kernel(`${name}.op.1`, 1, 1, inputs, outputs);
    norm(`${name}.op.2`, outputs);
  };
  const reduction = (name: string, inputs: number, outputs: number) => {
    for (const half of ['conv_1', 'conv_2']) kernel(`${name}.${half}`, 1, 1, inputs, outputs / 2);
    norm(`${name}.bn`, outputs);
  };
  const separable = (name: string, size: number, channels: number) => {
    for (const first of [1, 5]) {
      kernel(`${name}.op.${first}`, size, size, channels, 1);
      kernel(`${name}.op.${first + 1}`, 1, 1, channels, channels);
      norm(`${name}.op.${first + 2}`, channels);
    }
  };
  const operation = (name: string, edge: Edge, { channels, stride }: CellShape) => {
    switch (edge[0]) {
      case 'sep_conv_3x3':
        return separable(name, 3, channels);
      case 'sep_conv_5x5':
        return separable(name, 5, channels);
      case 'skip_connect':
        if (stride === 2 && readsInput(edge)) reduction(name, channels, channels);
        return;
      case 'max_pool_3x3':
        return;
    }
  };

  kernel('stem.0', 3, 3, 3, STEM_CHANNELS);
  norm('stem.1', STEM_CHANNELS);
  for (const cell of cells) {
    const { name, inputs, channels, unequalInputs } = cell;
    (unequalInputs ? reduction : unit)(`${name}.preprocess0`, inputs[0], channels);
    unit(`${name}.preprocess1`, inputs[1], channels);
    lanetGenotype.edges.forEach((edge, k) => operation(`${name}._ops.${k}`, edge, cell));
  }
  dense('classifier', LANET_FEATURES, CLASSES);
  kernel('auxiliary_head.features.2', 1, 1, outputsOf(AUXILIARY_CELL), AUXILIARY.inner);
  norm('auxiliary_head.features.3', AUXILIARY.inner);
  kernel('auxiliary_head.features.5', 2, 2, AUXILIARY.inner, AUXILIARY.features);
  norm('auxiliary_head.features.6', AUXILIARY.features);
  dense('auxiliary_head.classifier', AUXILIARY.features, CLASSES);
  return shapes;
}
