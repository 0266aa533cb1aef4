import { defineConfig } from 'vitest/config';

/**
 * One project per kind of test, so that `vitest run --project unit` stays a matter of seconds.
 *
 * @param order projects of a lower one come first
 * @param workers files that run at a time; without: as many as there are cores
 */
const project = (name: string, timeoutSeconds: number, order: number, workers?: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutSeconds * 1000,
    hookTimeout: timeoutSeconds * 1000,
    pool: 'forks' as const,
    setupFiles: ['test/helpers/seeded-properties.ts'],
    sequence: { groupOrder: order },
    ...(workers !== undefined && { maxWorkers: workers }),
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 120, 0),
      // These compute on all cores, one after the other.
      project('golden', 120, 1, 1),
      project('replay', 120, 1, 1),
      // These wait for servers and workers half of their time.
      project('integration', 900, 2, 2),
      project('chaos', 900, 2, 2),
      project('endurance', 900, 3, 1),
    ],
  },
});
