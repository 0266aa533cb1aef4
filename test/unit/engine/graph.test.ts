import { expect, test } from 'vitest';
import { Graph } from '../../../phoenix/engine/graph.ts';

test('a node whose name is taken gets the next number that is free', () => {
  const graph = new Graph();
  const add = (hint: string): string => graph.add('NoOp', [], {}, hint);
  expect(['train/Mul', 'train/Mul_2', 'train/Mul', 'train/Mul', 'train/Mul_2', 'train/Mul'].map(add)).toEqual(
    ['train/Mul', 'train/Mul_2', 'train/Mul_1', 'train/Mul_3', 'train/Mul_2_1', 'train/Mul_4'],
  );
});

test('equal constants are one node', () => {
  const graph = new Graph();
  const constant = (values: Float32Array): string => graph.constant(1, [values.length], values);
  const names = [Float32Array.of(1, 2), Float32Array.of(1, 2), Float32Array.of(2, 1)].map(constant);
  expect(names[1]).toBe(names[0]);
  expect(names[2]).not.toBe(names[0]);
});
