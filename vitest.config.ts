import { defineConfig } from 'vitest/config';

/** Two workers: the least machine we test on has two cores, and the database wants some of them too. */
const maxWorkers = 2;

/** Days since 1970. */
const today = Math.floor(Date.now() / 86_400_000);

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/**/*.test.{ts,tsx}',
            'apps/**/*.test.{ts,tsx}',
            'tools/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**'],
          environment: 'node',
          pool: 'forks',
          maxWorkers,
          globalSetup: ['tools/services/vitestPostgres.ts'],
          // PGlite compiles its WebAssembly in the first test of a file; two cores share that work.
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          // One browser and one server at a time: a journey's waits should measure Kith, not the queue.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'soak',
          include: ['e2e/torture/{nodes,killed,convergence/convergence}.test.ts'],
          environment: 'node',
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          env: {
            KITH_SOAK: process.env['KITH_SOAK'] ?? '20',
            KITH_KILLS: process.env['KITH_KILLS'] ?? '40',
            KITH_SEEDS: process.env['KITH_SEEDS'] ?? '2400',
            // Other seeds every night.
            KITH_FIRST_SEED: process.env['KITH_FIRST_SEED'] ?? String(today * 10_000),
          },
        },
      },
    ],
  },
});
