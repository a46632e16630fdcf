/**
 * DESIGN, "Sync": seeded random operations, disconnects, lost, doubled, late and reordered announcements, closed and
 * crashed devices; afterwards all devices and the database agree. Time is real, so a seed repeats the operations but not
 * every race: run it several times (`KITH_SEED=17 KITH_REPEAT=20`).
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type InProcess, startInProcess } from '../../support/inProcess.ts';
import { givenSeed } from '../../support/random.ts';
import { type ChaosBus, createChaosBus } from '../chaosBus.ts';
import { runSeed } from './scenario.ts';

const seeds: readonly number[] =
  givenSeed === undefined
    ? Array.from({ length: Number(process.env['KITH_SEEDS'] ?? 200) }, (_, index) => index + 1)
    : new Array<number>(Number(process.env['KITH_REPEAT'] ?? 1)).fill(givenSeed);

/** At once: most of a seed's time is waiting. */
const PARALLEL = 12;
/** Enough to see a pattern. */
const FAILURES_MAX = 5;

let place: InProcess;
let bus: ChaosBus;
beforeAll(async () => {
  bus = createChaosBus();
  place = await startInProcess({ bus, antiEntropyMs: 400 });
});
afterAll(() => place?.close());

it(`S1–S9: ${seeds.length} seeds: everybody agrees in the end`, async () => {
  const failures: string[] = [];
  const next = seeds[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const seed of next) {
      if (failures.length >= FAILURES_MAX) return;
      await runSeed({ place, bus }, seed).catch((error: unknown) => {
        failures.push(error instanceof Error ? error.message : String(error));
      });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  expect(failures.join('\n\n'), 'KITH_SEED=<seed> repeats one').toBe('');
}, 600_000);
