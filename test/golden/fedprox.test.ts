import { expect, it } from 'vitest';
import { compile } from '../../phoenix/engine/compile.ts';
import { globalsOf, withProximal } from '../../phoenix/engine/proximal.ts';
import { floatVariables } from '../../phoenix/models/training.ts';
import { goldenJson, type JsonArray } from '../helpers/golden.ts';

type Parameters = Record<string, JsonArray>;
interface Golden {
  readonly x0: Parameters;
  /** [round][client] */
  readonly rounds: readonly (readonly Parameters[])[];
  readonly results: {
    readonly fedprox: { readonly mu: number; readonly term: number; readonly grad: Parameters };
  };
}

const { x0, rounds, results } = goldenJson<Golden>('fed.json');
const { mu, term, grad } = results.fedprox;

const tensors = (parameters: Parameters) =>
  new Map(
    Object.entries(parameters).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );

it('the proximal term and its gradient agree with FedProx', () => {
  const weights = tensors(rounds[0]![0]!);
  const globals = globalsOf(tensors(x0));
  const shapes = new Map([...weights].map(([name, { shape }]) => [name, shape]));
  const variables = floatVariables(shapes);
  const program = compile({
    variables: new Map([...variables, ...globalsOf(variables)]),
    functions: {
      step: {
        inputs: { loss: { shape: [], dtype: 'float32' } },
        body: ({ loss }, trace) => {
          const read = new Map([...shapes.keys()].map((name) => [name, trace.read(name)]));
          const zero = new Map([...read].map(([name, value]) => [name, value.mul(0)]));
          const settings = { mu, parameters: [...shapes.keys()] };
          const result = withProximal({ loss: loss!, gradients: zero }, read, settings, trace);
          return { loss: result.loss, ...Object.fromEntries(result.gradients) };
        },
      },
    },
  });
  program.set(new Map([...weights, ...globals]));
  const { loss, ...gradients } = program.run('step', { loss: Float32Array.of(0) });
  program.dispose();

  expect(Math.abs(loss![0]! - term)).toBeLessThanOrEqual(2e-6);
  expect(Object.keys(gradients).toSorted()).toEqual(Object.keys(grad).toSorted());
  for (const [name, { data }] of Object.entries(grad)) {
    const worst = Math.max(...data.map((value, i) => Math.abs(value - gradients[name]![i]!)));
    expect(worst, name).toBeLessThanOrEqual(2e-6);
  }
});
