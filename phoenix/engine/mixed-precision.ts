/**
 * Mixed precision (Micikevicius et al. 2018) with bfloat16: convolutions and dense layers, forward and backward, take
 * operands rounded to bfloat16, and their results go on in float32; weights, normalisation, attention's own products,
 * losses and optimisers stay in float32. bfloat16 has float32's range, so the loss needs no scaling.
 */
import type { Attributes } from './graph.ts';

/** Which type products are computed in. */
export type Precision = 'float32' | 'bfloat16';

/** Ops that are nearly all of the arithmetic, with the inputs that are their operands. */
const PRODUCTS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['Conv2D', [0, 1]],
  ['Conv2DBackpropInput', [1, 2]],
  ['Conv2DBackpropFilter', [0, 2]],
  ['MatMul', [0, 1]],
]);

type AddNode = (op: string, inputs: readonly string[], attributes: Attributes) => string;

/** Records ops; those that are products with their operands and result converted. */
export class BfloatProducts {
  readonly #add: AddNode;
  /** float32 output → the same in bfloat16: an operand often serves a product and its gradients. */
  readonly #rounded = new Map<string, string>();

  constructor(add: AddNode) {
    this.#add = add;
  }

  /** Returns the node whose output, float32 as before, is the op's result. */
  readonly record: AddNode = (op, inputs, attributes) => {
    const operands = PRODUCTS.get(op);
    if (!operands) return this.#add(op, inputs, attributes);
    const lowered = inputs.map((input, k) => (operands.includes(k) ? this.#round(input) : input));
    const product = this.#add(op, lowered, { ...attributes, T: { type: 'bfloat16' } });
    return this.#add('Cast', [product], conversion('bfloat16', 'float32'));
  };

  #round(output: string): string {
    let rounded = this.#rounded.get(output);
    if (rounded === undefined) {
      rounded = this.#add('Cast', [output], conversion('float32', 'bfloat16'));
      this.#rounded.set(output, rounded);
    }
    return rounded;
  }
}

const conversion = (from: Precision, to: Precision): Attributes => ({
  SrcT: { type: from },
  DstT: { type: to },
  Truncate: { b: false },
});
