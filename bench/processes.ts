/** What processes cost, from /proc (Linux): CPU time of whole trees, memory, and how busy a core is with others. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second for every user of /proc, whatever the kernel's own tick. */
const TICK_MS = 10;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Own time and that of children already waited for, ms. */
  readonly cpuMs: number;
}

/** Reads a line of /proc/<pid>/stat. Names may hold spaces and brackets: the fields begin after the last one. */
export function parseStat(line: string): Stat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const times = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid: Number.parseInt(line, 10), parent: Number(fields[1]), cpuMs: times * TICK_MS };
}

function statsOfAll(): Stat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))];
      } catch {
        return []; // gone between the two looks
      }
    });
}

/** CPU time so far of each of these processes with all their descendants, ms. */
export function cpuOfTrees(roots: readonly number[]): number[] {
  const all = statsOfAll();
  const children = Map.groupBy(all, (stat) => stat.parent);
  const byPid = new Map(all.map((stat) => [stat.pid, stat]));
  const sum = (stat: Stat | undefined): number =>
    stat ? (children.get(stat.pid) ?? []).reduce((total, child) => total + sum(child), stat.cpuMs) : 0;
  return roots.map((pid) => sum(byPid.get(pid)));
}

/** Resident memory, bytes. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Resident memory of a process and all its descendants, bytes. Pages they share count for each. */
export function residentBytesOfTree(root: number): number {
  const children = Map.groupBy(statsOfAll(), (stat) => stat.parent);
  const sum = (pid: number): number =>
    (children.get(pid) ?? []).reduce((total, child) => total + sum(child.pid), residentBytes(pid));
  return sum(root);
}

export interface CoreTime {
  /** Of processes, ms. */
  readonly processes: number;
  /** Of interrupts, among them the network's, which belong to no process, ms. */
  readonly interrupts: number;
}

/** How long a core has not been idle so far, whoever used it. */
export function timeOfCore(core: number): CoreTime {
  const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(' ').map(Number);
  return {
    processes: (user + nice + system + steal) * TICK_MS,
    interrupts: (irq + softirq) * TICK_MS,
  };
}
