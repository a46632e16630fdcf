/** Kith beside other systems: the same work for each, in rounds, so that what the machine does meanwhile is shared. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { installPackages } from '@kith/tools/services/aptPackages.ts';
import { keepAlive } from './deadline.ts';
import {
  bestOf,
  type FieldRun,
  type Idle,
  passed,
  type Sitting,
  type Work,
  writeField,
} from './fieldReport.ts';
import { type Ladder, nextRate, type Try } from './ladder.ts';
import { Load, type LoadOptions, type StepResult } from './load.ts';
import { machine } from './machine.ts';
import type { FieldOptions, FieldScenario, Print } from './options.ts';
import type { Ear } from './peer.ts';
import { residentBytesOfTree } from './processes.ts';
import { deaf } from './scenarios.ts';
import { systems } from './systems/registry.ts';
import type { Running, System, Talker } from './systems/system.ts';

/** How thoroughly. */
interface Pace {
  /** Before the first load of a server, and before the others. */
  readonly firstWarmUpS: number;
  readonly warmUpS: number;
  readonly stepWarmUpMs: number;
  /** The climb of the first round, and of those that know from where to start. */
  readonly first: Omit<Ladder, 'start'>;
  readonly later: Omit<Ladder, 'start'>;
  readonly settleMs: number;
}

const steady: Pace = {
  firstWarmUpS: 8,
  warmUpS: 2,
  stepWarmUpMs: 750,
  first: { factor: 1.25, maxTries: 8 },
  later: { factor: 1.18, maxTries: 5 },
  settleMs: 2_000,
};
const quick: Pace = {
  firstWarmUpS: 4,
  warmUpS: 1,
  stepWarmUpMs: 500,
  first: { factor: 1.4, maxTries: 4 },
  later: { factor: 1.4, maxTries: 4 },
  settleMs: 1_500,
};

/** Of each rate that was reached, besides the whole: how it answers when there is less to do. */
const HALF = 1 / 2;
const EIGHTH = 1 / 8;
/** A rate that leaves so much waiting is too high, whatever is still to come: a second's worth. */
const WAITING_S = 1;
const MIN_WAITING = 50;
/** A step that failed leaves a backlog; it may take so long to go. */
const CALM_MS = 10_000;
const QUIET_MS = 500;
/** Beside the sockets: files, libraries, pipes. */
const OTHER_FILES = 300;
const FIRST_SOCKETS = 50;

const paceOf = ({ quick: isQuick }: FieldOptions): Pace => (isQuick ? quick : steady);

/** A rate that failed while others took so much of the measured core is tried again, so many times in a load. */
const DISTURBED = 0.15;
const DISTURBED_TRIES = 3;

type Loaded = Exclude<FieldScenario, 'idle'>;
const sizeOf = { direct: 2, group300: 300, group1000: 1_000 } as const satisfies Record<Loaded, number>;

export async function measureField(options: FieldOptions, print: Print): Promise<void> {
  const chosen = choose(options.systems);
  await installPackages([...new Set(chosen.flatMap((system) => system.missingPackages()))], print);
  const there = chosen.filter(isThere);
  const skipped = chosen.filter((system) => !isThere(system));
  for (const system of skipped) {
    shout(
      print,
      `${system.name} IS NOT MEASURED. Install it: apt-get install ${system.missingPackages().join(' ')}`,
    );
  }
  const run: FieldRun = {
    machine: machine('postgres'),
    options,
    systems: there.map(({ id, name, archive, version }) => ({ id, name, archive, version: version() })),
    skipped: skipped.map(({ name }) => name),
    sittings: [],
  };
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const system of there) {
      print(`\nRound ${round} of ${options.rounds}: ${system.name}`);
      try {
        run.sittings.push(await sit(system, round, { options, former: run.sittings, print }));
      } catch (error) {
        shout(print, `${system.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  await writeField(run, options.folder, print);
}

const isThere = (system: System): boolean => system.missingPackages().length === 0;

const choose = (ids: readonly string[]): readonly System[] =>
  systems.filter((system) => (ids.length > 0 ? ids.includes(system.id) : !system.onRequest));

function shout(print: Print, text: string): void {
  const line = '!'.repeat(80);
  print(`${line}\n${text}\n${line}`);
}

interface Context {
  readonly options: FieldOptions;
  readonly former: readonly Sitting[];
  readonly print: Print;
}

/** One system, once. Idle sockets have a server of their own: what thousands leave behind is not part of the other work. */
async function sit(system: System, round: number, context: Context): Promise<Sitting> {
  const { options } = context;
  const loads = options.scenarios.filter((scenario) => scenario !== 'idle');
  const sockets = options.scenarios.includes('idle') ? socketsOf(context) : 0;
  const idle =
    sockets > 0 ? await withRunning(system, sockets, (running) => holdIdle(sockets, running, context)) : null;
  if (loads.length === 0) return { system: system.id, round, works: [], idle };
  return await withRunning(system, options.clients, async (running) => {
    const relay = new Relay();
    const talkers = await running.connect(0, options.clients, relay);
    const letGo = keepAlive(talkers);
    const works: Work[] = [];
    try {
      for (const [place, scenario] of loads.entries()) {
        works.push(await workOn(scenario, place === 0, { system, running, talkers, relay, context }));
      }
    } finally {
      letGo();
    }
    for (const talker of talkers) talker.terminate();
    return { system: system.id, round, works, idle };
  });
}

/** Ends it whatever happens, also when this process is told to end. */
async function withRunning<T>(
  system: System,
  people: number,
  use: (running: Running) => Promise<T>,
): Promise<T> {
  const running = await system.start(people);
  const stopAtOnce = (): void => void running.stop().finally(() => process.exit(1));
  process.on('SIGINT', stopAtOnce);
  process.on('SIGTERM', stopAtOnce);
  try {
    return await use(running);
  } finally {
    process.off('SIGINT', stopAtOnce);
    process.off('SIGTERM', stopAtOnce);
    await running.stop();
  }
}

/** Clients keep their connection over several loads. */
class Relay implements Ear {
  to: Ear = deaf;
  acknowledged(id: number): void {
    this.to.acknowledged(id);
  }
  failed(id: number, frame: string): void {
    this.to.failed(id, frame);
  }
  delivered(dueMs: number, sender: number, receiver: number): void {
    this.to.delivered(dueMs, sender, receiver);
  }
}

interface Bench {
  readonly system: System;
  readonly running: Running;
  readonly talkers: readonly Talker[];
  readonly relay: Relay;
  readonly context: Context;
}

async function workOn(scenario: Loaded, first: boolean, bench: Bench): Promise<Work> {
  const { system, running, context } = bench;
  const { options, print } = context;
  const pace = paceOf(options);
  const isDirect = scenario === 'direct';
  const size = isDirect ? 2 : Math.min(sizeOf[scenario], options.clients);
  const talkers = isDirect
    ? bench.talkers.slice(0, options.clients - (options.clients % 2))
    : bench.talkers.slice(0, size);
  await (isDirect ? running.pairUp(talkers.length) : running.gather(size));

  const load = new Load(size - 1, options.textLength, loadOptions(pace));
  bench.relay.to = load;
  const known = lastReached(system.id, scenario, context.former);
  const start = known ?? system.guess[scenario];
  const ladder: Ladder = { start, ...(known === null ? pace.first : pace.later) };
  print(`  ${scenario}: warming up`);
  await load.warmUp(talkers, start / 2, first ? pace.firstWarmUpS : pace.warmUpS);
  await calm(load);

  const steps: StepResult[] = [];
  const measure = async (rate: number): Promise<StepResult> => {
    const step = await load.step(talkers, rate, options.seconds, running);
    steps.push(step);
    print(lineOf(step));
    if (load.failure && step.failed > 0) print(`    refused, for example: ${load.failure.slice(0, 300)}`);
    if (!passed(step)) await calm(load);
    return step;
  };
  const tries: Try[] = [];
  let again = DISTURBED_TRIES;
  for (let rate = nextRate(ladder, tries); rate !== null; rate = nextRate(ladder, tries)) {
    let step = await measure(rate);
    // That was not the system: somebody else had its core.
    for (; again > 0 && !passed(step) && step.othersBusy > DISTURBED; again -= 1) step = await measure(rate);
    tries.push(tryOf(step));
  }
  const best = bestOf(steps);
  const half = best && (await measure(best.rate * HALF));
  // For the curve of latencies; one round of it is enough.
  if (best && scenario === 'direct' && known === null) await measure(best.rate * EIGHTH);
  return { scenario, size, steps, best, half };
}

const loadOptions = (pace: Pace): LoadOptions => ({
  warmUpMs: pace.stepWarmUpMs,
  maxWaiting: (rate) => Math.max(MIN_WAITING, rate * WAITING_S),
  // XMPP has no answer to a message that says it is stored: for all of them, what counts is that it arrived.
  waitsFor: 'delivery',
});

/** A tenth of the aim, and the next step may be a long one; so it may down when the step was ended early. */
const CLEARLY_BELOW_MS = 10;
const CLEARLY_ABOVE_MS = 400;

const tryOf = (step: StepResult): Try => {
  const good = passed(step);
  const clear = good
    ? step.deliveryP99 < CLEARLY_BELOW_MS
    : step.overrun || step.lost > 0 || step.deliveryP99 > CLEARLY_ABOVE_MS;
  return { rate: step.rate, passed: good, clear };
};

function lastReached(system: string, scenario: Loaded, former: readonly Sitting[]): number | null {
  const works = former
    .filter((sitting) => sitting.system === system)
    .flatMap((sitting) => sitting.works)
    .filter((work) => work.scenario === scenario);
  return works.at(-1)?.best?.rate ?? null;
}

/** Until nothing more comes. */
async function calm(load: Load): Promise<void> {
  const limit = performance.now() + CALM_MS;
  let seen = -1;
  while (load.deliveries !== seen && performance.now() < limit) {
    seen = load.deliveries;
    await sleep(QUIET_MS);
  }
}

const lineOf = (step: StepResult): string =>
  `    ${step.rate.toFixed(0).padStart(6)}/s: delivered ${Math.round(step.delivered)}/s, p50 ${step.deliveryP50} ms, ` +
  `p99 ${step.deliveryP99} ms, server ${percent(step.serverBusy)}, database ${percent(step.databaseBusy)}, ` +
  `load ${percent(step.generatorBusy)}${step.lost > 0 ? `, lost ${step.lost}` : ''}` +
  `${step.overrun ? ', too much' : ''}${step.othersBusy > DISTURBED ? `, others ${percent(step.othersBusy)}` : ''}`;

const percent = (value: number): string => `${Math.round(value * 100)} %`;

function socketsOf({ options, print }: Context): number {
  const sockets = Math.min(options.idleSockets, openFiles() - OTHER_FILES);
  if (sockets < options.idleSockets) {
    shout(print, `Only ${sockets} sockets: a process may open no more files here (ulimit -n).`);
  }
  return sockets;
}

/** Memory of sockets that only stay connected. */
async function holdIdle(sockets: number, running: Running, { options, print }: Context): Promise<Idle> {
  const { settleMs } = paceOf(options);
  // The first sockets pay for code and pools that all share.
  const first = Math.min(FIRST_SOCKETS, sockets);
  const talkers = [...(await running.connect(0, first, deaf))];
  await sleep(settleMs);
  const bytesBefore = residentBytesOfAll(running);
  talkers.push(...(await running.connect(first, sockets, deaf)));
  await sleep(settleMs);
  const bytesAfter = residentBytesOfAll(running);
  for (const talker of talkers) talker.terminate();
  const bytesPerSocket = (bytesAfter - bytesBefore) / Math.max(1, sockets - first);
  print(`  idle: ${(bytesPerSocket / 1024).toFixed(1)} KiB for each of ${sockets} sockets`);
  return { sockets, bytesBefore, bytesAfter, bytesPerSocket };
}

const residentBytesOfAll = ({ serverPids }: Running): number =>
  serverPids.reduce((sum, pid) => sum + residentBytesOfTree(pid), 0);

/** Node raises the soft limit to the hard one when it starts, and children inherit that. */
function openFiles(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 1_024);
}
