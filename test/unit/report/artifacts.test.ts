import { describe, expect, it } from 'vitest';
import { artifactsOf } from '../../../phoenix/report/artifacts.ts';
import { ref, run } from './example-run.ts';

describe('artifacts of a run', () => {
  it('names every reference in the document once', () => {
    const artifacts = artifactsOf(run);
    expect(new Set(artifacts.map(({ name }) => name)).size).toBe(artifacts.length);
    const inDocument = new Set<string>();
    JSON.stringify(run, (_, value: unknown) => {
      if (typeof value === 'object' && value !== null && 'hash' in value) inDocument.add(String(value.hash));
      return value;
    });
    expect(new Set(artifacts.map((one) => one.ref.hash))).toEqual(inDocument);
    expect(artifacts).toContainEqual({
      name: 'round 2 · client 3 · personal weights',
      ref: ref('personal 2 3'),
    });
  });

  it('leaves out what is not there yet', () => {
    const early = {
      ...run,
      partition: null,
      yardstick: null,
      initial: null,
      classifier: null,
      warmup: null,
      rounds: [],
      final: null,
    };
    expect(artifactsOf(early)).toEqual([]);
  });
});
