/**
 * The cell of LaNet (Wang et al. 2019, "Sample-Efficient Neural Architecture Search by Learning Action Space"), which
 * was found by a search over lists of numbers. A cell has two inputs, numbers 0 and 1, and seven nodes, numbers 2 to 8.
 * A node is the sum of two operations, each on an input or an earlier node.
 */

/** In the order of their numbers in the list. */
const OPERATIONS = ['sep_conv_3x3', 'max_pool_3x3', 'skip_connect', 'sep_conv_5x5'] as const;

/** One operation of a node, and the number of the input or node that it reads. */
export type Edge = readonly [operation: (typeof OPERATIONS)[number], input: number];

export interface Genotype {
  /** Two for each node. */
  readonly edges: readonly Edge[];
  /** Nodes that no other reads: the cell's output is these, joined along channels. */
  readonly outputs: readonly number[];
}

const INPUTS = 2;

/**
 * The published model with 99.03 % accuracy on CIFAR-10: the operations of all edges, then what they read. Cells that
 * halve the resolution share it with the others.
 */
export const LANET_ARCHITECTURE: readonly number[] = [
  2, 2, 0, 2, 1, 2, 0, 2, 2, 3, 2, 1, 2, 0, 0, 1, 1, 1, 2, 1, 1, 0, 3, 4, 3, 0, 3, 1,
];

export const lanetGenotype: Genotype = genotypeOf(LANET_ARCHITECTURE);

function genotypeOf(architecture: readonly number[]): Genotype {
  const count = architecture.length / 2;
  const inputs = architecture.slice(count);
  const edges = inputs.map((input, k): Edge => [OPERATIONS[architecture[k]!]!, input]);
  const nodes = Array.from({ length: count / 2 }, (_, node) => node + INPUTS);
  return { edges, outputs: nodes.filter((node) => !inputs.includes(node)) };
}

/** Whether an edge has stride 2 in a cell that halves the resolution: nodes have the smaller one already. */
export const readsInput = ([, input]: Edge): boolean => input < INPUTS;
