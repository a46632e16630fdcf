/** Results as people read them: a table in the terminal, the same as Markdown, everything as JSON. */
import type { StepResult } from './load.ts';
import type { IdleResult } from './scenarios.ts';

export interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly postgres: string;
}

export interface Results {
  readonly machine: Machine;
  readonly options: Readonly<Record<string, unknown>>;
  readonly direct: readonly StepResult[];
  readonly group: readonly StepResult[];
  readonly idle: IdleResult | null;
}

/** A step counts as kept up with when it met the aim and nearly all of what was offered came back. */
export const AIM_P99_MS = 100;
const KEPT_UP = 0.97;

/** The fastest step whose deliveries stayed under the aim; null when none did. */
export function best(steps: readonly StepResult[]): StepResult | null {
  const good = steps.filter(
    (step) =>
      !step.overrun &&
      step.failed === 0 &&
      step.deliveryP99 < AIM_P99_MS &&
      step.acknowledged >= step.offered * KEPT_UP,
  );
  return good.reduce<StepResult | null>((most, step) => (most && most.rate > step.rate ? most : step), null);
}

export const whole = (value: number): string =>
  Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–';
const tenth = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : '–');
const percent = (value: number): string => `${Math.round(value * 100)} %`;
const MIB = 1024 * 1024;

const columns: readonly (readonly [string, (step: StepResult) => string])[] = [
  ['offered/s', (step) => whole(step.offered)],
  ['acknowledged/s', (step) => whole(step.acknowledged)],
  ['delivered/s', (step) => whole(step.delivered)],
  ['ack p50', (step) => tenth(step.ackP50)],
  ['ack p99', (step) => tenth(step.ackP99)],
  ['delivery p50', (step) => tenth(step.deliveryP50)],
  ['delivery p99', (step) => tenth(step.deliveryP99)],
  ['server µs/msg', (step) => whole(step.serverMicros)],
  ['database µs/msg', (step) => whole(step.databaseMicros)],
  ['server', (step) => percent(step.serverBusy)],
  ['database', (step) => percent(step.databaseBusy)],
  ['interrupts', (step) => percent(step.interruptsBusy)],
  ['others', (step) => percent(step.othersBusy)],
  ['load', (step) => percent(step.generatorBusy)],
  ['failed, lost', (step) => `${step.failed}, ${step.lost}${step.overrun ? ' (ended early)' : ''}`],
];

export function stepTable(steps: readonly StepResult[]): string {
  return table(
    columns.map(([name]) => name),
    steps.map((step) => columns.map(([, cell]) => cell(step))),
  );
}

/** A Markdown table, its columns aligned so that it reads in a terminal too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(name.length, 3, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => `${'-'.repeat(width + 1)}:`).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

export function markdown({ machine, options, direct, group, idle }: Results): string {
  const parts = [
    `${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, ${machine.postgres}. ` +
      'Server and database share one core, the load has the other. Times in ms.',
    `Clients ${options['clients']}, texts of ${options['textLength']} characters, ` +
      `${options['seconds']} s a step, delivery receipts ${options['receipts'] ? 'on' : 'off'}.`,
  ];
  if (direct.length > 0) parts.push('## One to one', stepTable(direct), summary('messages', direct));
  if (group.length > 0) parts.push('## One group', stepTable(group), summary('deliveries', group));
  if (idle) {
    parts.push(
      '## Idle sockets',
      `${whole(idle.sockets)} sockets: ${tenth(idle.bytesPerSocket / 1024)} KiB of the server's memory each ` +
        `(${whole(idle.bytesBefore / MIB)} MiB with the first few, ${whole(idle.bytesAfter / MIB)} MiB with all).`,
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function summary(what: 'messages' | 'deliveries', steps: readonly StepResult[]): string {
  const step = best(steps);
  return step
    ? `Best with p99 under ${AIM_P99_MS} ms: **${whole(what === 'messages' ? step.acknowledged : step.delivered)} ${what} a second**.`
    : `No step stayed under ${AIM_P99_MS} ms at p99.`;
}
