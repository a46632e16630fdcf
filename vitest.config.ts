import { globSync, readFileSync } from 'node:fs';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { locales } from './apps/web/build/locales.ts';

/** The least machine we test on has two cores, and a third of the time of journeys is waiting; of what attacks the door, too. */
const maxWorkers = 3;
/** Where frames and times are looked at: they should measure Kith, not the queue. */
const fewWorkers = 2;

/** What looks at each painted frame; and beside it what does nothing but wait. */
const frames = ['e2e/journeys/anchoring{,Top}.test.ts', 'e2e/torture/lostWord.test.ts'];
/** What asks how soon something is told. They wait more than they work. */
const timed = ['e2e/torture/{nodes,comings}.test.ts'];

/**
 * A clean clone knows no test's time, and begins with the largest files. Those that torture are small and take long: the
 * last of them would keep one core waiting for the other.
 */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/torture/');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const unitTests = [
  'packages/**/*.test.{ts,tsx}',
  'apps/**/*.test.{ts,tsx}',
  'tools/**/*.test.ts',
  'bench/**/*.test.ts',
];

/** What changes the process for whoever comes after: modules and globals in others' place, time, the environment. */
const CHANGES_THE_PROCESS =
  /\bvi\.(mock|doMock|stubEnv|stubGlobal|useFakeTimers)\(|\bprocess\.env(\.\w+|\[[^\]]+\]) =[^=]/;

/** Read off the files, so that nobody has to think of it. */
const alone = globSync(unitTests, { exclude: (path) => /(^|\/)(node_modules|dist)(\/|$)/.test(path) }).filter(
  (path) => CHANGES_THE_PROCESS.test(readFileSync(path, 'utf8')),
);

/** `isolated`: a process for each file. Loading everything anew for each took a third of the time of all. */
const units = (
  name: string,
  isolated: boolean,
  include: string[],
  exclude: string[] = [],
): TestProjectInlineConfiguration => ({
  plugins: [locales()],
  test: {
    name,
    include,
    exclude: ['**/node_modules/**', '**/dist/**', ...exclude],
    environment: 'node',
    pool: 'forks',
    isolate: isolated,
    maxWorkers,
    globalSetup: ['packages/server/src/testing/globalSetup.ts'],
    setupFiles: ['tools/patience.ts'],
    expect: { poll: { timeout: 10_000 } },
    // PGlite compiles its WebAssembly in the first test of a file; two cores share that work.
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});

/** What runs real servers and browsers, one group after the other. */
const journeys = (
  name: string,
  groupOrder: number,
  workers: number,
  include: string[],
  exclude: string[] = [],
): TestProjectInlineConfiguration => ({
  test: {
    name,
    include,
    exclude,
    globalSetup: ['e2e/support/globalSetup.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: workers,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    sequence: { groupOrder },
  },
});

/** Days since 1970. */
const today = Math.floor(Date.now() / 86_400_000);

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      units('unit', false, unitTests, alone),
      units('unit-alone', true, alone),
      journeys('e2e', 1, maxWorkers, ['e2e/{journeys,torture}/**/*.test.ts'], [...frames, ...timed]),
      journeys('frames', 2, fewWorkers, frames),
      journeys('timed', 3, fewWorkers, timed),
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
