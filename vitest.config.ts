import { defineConfig } from 'vitest/config';

// One project per kind of test, so that `vitest run --project unit` stays a matter of seconds.
const project = (name: string, timeoutSeconds: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutSeconds * 1000,
    hookTimeout: timeoutSeconds * 1000,
    pool: 'forks' as const,
    setupFiles: ['test/helpers/seeded-properties.ts'],
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 120),
      project('golden', 120),
      project('replay', 120),
      project('integration', 900),
      project('chaos', 900),
    ],
    // Servers, engine children and training share two cores: files run one after the other.
    fileParallelism: false,
  },
});
