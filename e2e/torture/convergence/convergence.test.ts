/**
 * DESIGN, "Sync": seeded random operations, disconnects, lost, doubled, late and reordered announcements, closed and
 * crashed devices; afterwards all devices and the database agree. Time is real, so a seed repeats the operations but not
 * every race: run it several times (`KITH_SEED=17 KITH_REPEAT=20`).
 */
import { type Postgres, startPostgres } from '@kith/tools/services/postgres.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InProcess, startInProcess } from '../../support/inProcess.ts';
import { givenSeed } from '../../support/random.ts';
import { type ChaosBus, createChaosBus } from '../chaosBus.ts';
import { runSeed } from './scenario.ts';

const setting = (name: string, otherwise: number): number => Number(process.env[name] || otherwise);
const first = setting('KITH_FIRST_SEED', 1);
const seedsOf = (count: number): readonly number[] =>
  givenSeed === undefined
    ? Array.from({ length: setting('KITH_SEEDS', count) }, (_, index) => first + index)
    : new Array<number>(setting('KITH_REPEAT', 1)).fill(givenSeed);

/** At once: most of a seed's time is waiting. */
const PARALLEL = 12;
/** Enough to see a pattern. */
const FAILURES_MAX = 5;
const SEED_MS = 1_000;
const HASTE = { antiEntropyMs: 400 };

describe.each([
  { name: 'one node on PGlite', seeds: seedsOf(16) },
  { name: 'two nodes on PostgreSQL', seeds: seedsOf(48) },
])('$name', ({ name, seeds }) => {
  let bus: ChaosBus;
  let postgres: Postgres | undefined;
  const nodes: InProcess[] = [];
  beforeAll(async () => {
    bus = createChaosBus();
    if (name === 'one node on PGlite') {
      nodes.push(await startInProcess({ bus, ...HASTE }));
      return;
    }
    postgres = await startPostgres();
    for (let node = 0; node < 2; node += 1) {
      nodes.push(await startInProcess({ bus, databaseUrl: postgres.url, ...HASTE }));
    }
  });
  afterAll(async () => {
    for (const node of nodes) await node.close();
    await postgres?.stop();
  });

  it(
    `S1–S9: ${seeds.length} seeds: everybody agrees in the end`,
    async () => {
      const failures: string[] = [];
      const next = seeds[Symbol.iterator]();
      const lane = async (): Promise<void> => {
        for (const seed of next) {
          if (failures.length >= FAILURES_MAX) return;
          await runSeed({ nodes, bus }, seed, { operations: setting('KITH_OPERATIONS', 45) }).catch(
            (error: unknown) => {
              failures.push(error instanceof Error ? error.message : String(error));
            },
          );
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, lane));
      expect(failures.join('\n\n'), 'KITH_SEED=<seed> repeats one').toBe('');
    },
    Math.max(600_000, seeds.length * SEED_MS),
  );
});
