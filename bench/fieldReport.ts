/** What the rounds came to: the median of each figure, as tables, plots and JSON. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plotsOf } from './fieldPlots.ts';
import type { StepResult } from './load.ts';
import type { FieldOptions, FieldScenario, Print } from './options.ts';
import { AIM_P99_MS, type Machine, table, whole } from './report.ts';

/** One load on one system: all that was tried, the best, and how it answered at half of that. */
export interface Work {
  readonly scenario: Exclude<FieldScenario, 'idle'>;
  /** Of each conversation. */
  readonly size: number;
  readonly steps: readonly StepResult[];
  readonly best: StepResult | null;
  readonly half: StepResult | null;
}

export interface Idle {
  readonly sockets: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly bytesPerSocket: number;
}

export interface Sitting {
  readonly system: string;
  readonly round: number;
  readonly works: readonly Work[];
  readonly idle: Idle | null;
}

export interface Entrant {
  readonly id: string;
  readonly name: string;
  readonly archive: string;
  readonly version: string;
}

export interface FieldRun {
  readonly machine: Machine;
  readonly options: FieldOptions;
  readonly systems: readonly Entrant[];
  readonly skipped: readonly string[];
  readonly sittings: Sitting[];
}

/** Everything arrived, in time or not. */
const keptUp = (step: StepResult): boolean => !step.overrun && step.failed === 0 && step.lost === 0;

export const passed = (step: StepResult): boolean => keptUp(step) && step.deliveryP99 < AIM_P99_MS;

const fastest = (steps: readonly StepResult[]): StepResult | null =>
  steps.reduce<StepResult | null>((most, step) => (most && most.rate > step.rate ? most : step), null);

/** The fastest that passed, else the fastest that was kept up with. */
export const bestOf = (steps: readonly StepResult[]): StepResult | null =>
  fastest(steps.filter(passed)) ?? fastest(steps.filter(keptUp));

export interface Figure {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Of so many rounds. */
  readonly rounds: number;
}

/** Null of none. */
export function figureOf(values: readonly number[]): Figure | null {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { median, low: sorted[0]!, high: sorted.at(-1)!, rounds: sorted.length };
}

/** What one system reached with one load. */
export interface LoadFigures {
  /** Copies that reached others, a second. */
  readonly deliveries: Figure | null;
  /** Of a core, server and database. */
  readonly microsPerMessage: Figure | null;
  readonly deliveriesPerCpuSecond: Figure | null;
  readonly p99AtHalf: Figure | null;
  /** In most rounds, no rate was delivered in time: these are of the highest that was kept up with. */
  readonly late: boolean;
  /** How busy the generator's core was, 0 to 1: near 1, it may be what was measured. */
  readonly generatorBusy: Figure | null;
}

export interface Summary {
  readonly entrant: Entrant;
  readonly direct: LoadFigures;
  readonly group300: LoadFigures;
  readonly group1000: LoadFigures;
  readonly bytesPerSocket: Figure | null;
  /** One to one, all rates of all rounds: messages a second, and the p99 there. */
  readonly latency: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function summarize(run: FieldRun): Summary[] {
  return run.systems.map((entrant) => {
    const sittings = run.sittings.filter((sitting) => sitting.system === entrant.id);
    const works = sittings.flatMap((sitting) => sitting.works);
    const of = (scenario: Work['scenario']): LoadFigures =>
      loadFigures(works.filter((work) => work.scenario === scenario));
    return {
      entrant,
      direct: of('direct'),
      group300: of('group300'),
      group1000: of('group1000'),
      bytesPerSocket: figureOf(sittings.flatMap(({ idle }) => (idle ? [idle.bytesPerSocket] : []))),
      latency: mergeNear(
        works
          .filter((work) => work.scenario === 'direct')
          .flatMap((work) => work.steps)
          .filter((step) => !step.overrun && Number.isFinite(step.deliveryP99))
          .map((step) => ({ x: step.rate, y: step.deliveryP99 })),
      ),
    };
  });
}

function loadFigures(works: readonly Work[]): LoadFigures {
  const figure = (read: (best: StepResult, work: Work) => number): Figure | null =>
    figureOf(works.flatMap((work) => (work.best ? [read(work.best, work)] : [])));
  const cpu = (step: StepResult): number => step.serverBusy + step.databaseBusy;
  return {
    deliveries: figure((best) => best.delivered),
    microsPerMessage: figure((best, { size }) => (cpu(best) * 1e6) / (best.delivered / (size - 1))),
    deliveriesPerCpuSecond: figure((best) => best.delivered / cpu(best)),
    late: works.filter(({ best }) => best && !passed(best)).length * 2 > works.length,
    p99AtHalf: figureOf(works.flatMap((work) => (work.half ? [work.half.deliveryP99] : []))),
    generatorBusy: figure((best) => best.generatorBusy),
  };
}

/** Rounds try rates that are nearly the same: such points become one, the median of both coordinates. */
const NEAR = 1.3;

export function mergeNear(points: readonly Point[]): Point[] {
  const groups: Point[][] = [];
  for (const point of points.toSorted((a, b) => a.x - b.x)) {
    const last = groups.at(-1);
    if (last && point.x <= last[0]!.x * NEAR) last.push(point);
    else groups.push([point]);
  }
  return groups.map((group) => ({
    x: figureOf(group.map((point) => point.x))?.median ?? 0,
    y: figureOf(group.map((point) => point.y))?.median ?? 0,
  }));
}

// ---- Tables ----

const range = (figure: Figure | null, scale: number, digits: number): string => {
  if (!figure) return '–';
  const show = (value: number): string =>
    (value * scale).toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const { median, low, high } = figure;
  return low === high ? show(median) : `${show(median)} (${show(low)}–${show(high)})`;
};

const star = ({ late }: LoadFigures): string => (late ? ' *' : '');

export function fieldMarkdown(run: FieldRun): string {
  const { machine, options } = run;
  const summaries = summarize(run);
  const rows = (cells: (summary: Summary) => string[]): string[][] =>
    summaries.map((summary) => [summary.entrant.name, ...cells(summary)]);
  const has = (scenario: FieldScenario): boolean => options.scenarios.includes(scenario);
  const parts = [
    `${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, ${machine.postgres}. Server and database ` +
      'share one core, the load has the other.',
    `Medians of ${options.rounds} ${options.rounds === 1 ? 'round' : 'rounds'}, lowest and highest in brackets; ` +
      `${options.clients} clients, texts of ${options.textLength} characters, ${options.seconds} s a rate. Reached: the ` +
      `highest rate at which everything was delivered, 99 of 100 within ${AIM_P99_MS} ms.`,
    table(
      ['system', 'version', 'archive'],
      summaries.map(({ entrant }) => [entrant.name, entrant.version, entrant.archive]),
    ),
  ];
  if (run.skipped.length > 0)
    parts.push(`**Not measured, for it is not installed: ${run.skipped.join(', ')}.**`);
  if (has('direct')) {
    parts.push(
      '## One to one',
      table(
        ['system', 'messages/s', 'µs of CPU a message', 'p99 at half, ms', 'load busy, %'],
        rows(({ direct }) => [
          range(direct.deliveries, 1, 0) + star(direct),
          range(direct.microsPerMessage, 1, 0),
          range(direct.p99AtHalf, 1, 1),
          range(direct.generatorBusy, 100, 0),
        ]),
      ),
    );
  }
  for (const [scenario, title] of [
    ['group300', 'A group of 300'],
    ['group1000', 'A group of 1,000'],
  ] as const) {
    if (!has(scenario)) continue;
    parts.push(
      `## ${title}`,
      table(
        ['system', 'deliveries/s', 'deliveries a CPU second', 'p99 at half, ms', 'load busy, %'],
        rows((summary) => [
          range(summary[scenario].deliveries, 1, 0) + star(summary[scenario]),
          range(summary[scenario].deliveriesPerCpuSecond, 1, 0),
          range(summary[scenario].p99AtHalf, 1, 1),
          range(summary[scenario].generatorBusy, 100, 0),
        ]),
      ),
    );
  }
  if (has('idle')) {
    parts.push(
      '## Idle sockets',
      table(
        ['system', `KiB each, of ${whole(options.idleSockets)}`],
        rows((summary) => [range(summary.bytesPerSocket, 1 / 1024, 1)]),
      ),
    );
  }
  if (
    summaries.some(({ direct, group300, group1000 }) => [direct, group300, group1000].some((one) => one.late))
  ) {
    parts.push(`\\* In time at no rate that was tried: the highest that it kept up with.`);
  }
  parts.push(
    `Others took at most ${percent(othersOf(run))} of the measured core in the steps that count. Above a few percent, the ` +
      'figures are too low.',
  );
  return `${parts.join('\n\n')}\n`;
}

const percent = (value: number): string => `${Math.round(value * 100)} %`;

/** The most that processes of others took of the measured core while what counts was measured. */
const othersOf = (run: FieldRun): number =>
  Math.max(
    0,
    ...run.sittings.flatMap(({ works }) =>
      works.flatMap(({ best, half }) => [best?.othersBusy ?? 0, half?.othersBusy ?? 0]),
    ),
  );

/** Prints the tables; with a folder, also writes them there, with the plots and every single step. */
export async function writeField(run: FieldRun, folder: string | null, print: Print): Promise<void> {
  const text = fieldMarkdown(run);
  print(`\n${text}`);
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  // Where it was written is nobody's business.
  const told = { ...run, options: { ...run.options, folder: undefined } };
  await writeFile(join(folder, 'field.json'), `${JSON.stringify(told, null, 1)}\n`);
  for (const [name, svg] of Object.entries(plotsOf(summarize(run), run.options.idleSockets))) {
    await writeFile(join(folder, name), svg);
  }
  await writeFile(join(folder, 'field.md'), `# Kith beside other systems\n\n${text}`);
}
