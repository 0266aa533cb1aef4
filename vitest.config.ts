import { defineConfig } from 'vitest/config';

/** One project per kind of test, so that `vitest run --project unit` stays a matter of seconds. */
const project = (name: string, timeoutSeconds: number, fileParallelism: boolean) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutSeconds * 1000,
    hookTimeout: timeoutSeconds * 1000,
    pool: 'forks' as const,
    setupFiles: ['test/helpers/seeded-properties.ts'],
    fileParallelism,
    // Those that run one at a time run after all others.
    sequence: { groupOrder: fileParallelism ? 0 : 1 },
  },
});

// Where servers, engine children and training share two cores, files run one after the other.
export default defineConfig({
  test: {
    projects: [
      project('unit', 120, true),
      project('golden', 120, false),
      project('replay', 120, false),
      project('integration', 900, false),
      project('endurance', 900, false),
      project('chaos', 900, false),
    ],
  },
});
