/** The one door to the commands, whichever transport they come by: parse, run in time, turn every failure into one of the table's. */
import { type CommandName, commands, type FieldError, KithError, limits } from '@kith/protocol';
import type { z } from 'zod';
import type { Answer, Caller, Handler, Services } from '../services.ts';
import { toKithError } from '../store/database.ts';
import { handlers } from './handlers.ts';

/** Runs a command for a signed-in caller. Rejects with KithError only for what the caller did or may retry. */
export async function dispatch<N extends CommandName>(
  services: Services,
  caller: Caller,
  name: N,
  input: unknown,
): Promise<Answer<N>> {
  const began = performance.now();
  let result = 'ok';
  try {
    const parsed = parseInput(name, input);
    const handler = handlers[name] as Handler<CommandName> as Handler<N>;
    return await inTime(handler(services, caller, parsed));
  } catch (error) {
    const known = toKithError(error);
    result = known instanceof KithError ? known.code : 'internal';
    throw known;
  } finally {
    services.meter.command(name, result, (performance.now() - began) / 1_000);
  }
}

function parseInput<N extends CommandName>(name: N, input: unknown): z.output<(typeof commands)[N]['input']> {
  const result = commands[name].input.safeParse(input);
  if (!result.success) throw new KithError('bad_input', { fields: fieldErrors(result.error) });
  return result.data as z.output<(typeof commands)[N]['input']>;
}

/** A stranger's input can be wrong in thousands of places; the first few are enough to mend it. */
const MAX_FIELD_ERRORS = 10;

export const fieldErrors = (error: z.ZodError): FieldError[] =>
  error.issues
    .slice(0, MAX_FIELD_ERRORS)
    .map((issue) => ({ path: issue.path.join('.').slice(0, 200), message: issue.message.slice(0, 200) }));

interface Pending {
  readonly deadline: number;
  readonly late: () => void;
  before: Pending;
  after: Pending;
}

/**
 * Commands under way, the oldest first; all may take equally long, so the first to be late is the first in here. One
 * timer for all of them: a timer and a race for each cost as much as reading its input.
 *
 * A ring that whoever is done leaves without a trace. A `Set` would keep it: each table that V8 has outgrown points to the
 * next one, and once one of them is old, all that ever stood in those after it outlives the young generation.
 */
const underWay = {} as Pending;
underWay.before = underWay;
underWay.after = underWay;
const SWEEP_MS = 500;
let sweeping = false;

function enter(late: () => void): Pending {
  const last = underWay.before;
  const pending = { deadline: performance.now() + limits.requestMs, late, before: last, after: underWay };
  last.after = pending;
  underWay.before = pending;
  if (!sweeping) setTimeout(endLate, SWEEP_MS);
  sweeping = true;
  return pending;
}

/** May be called again. */
function leave(pending: Pending): void {
  pending.before.after = pending.after;
  pending.after.before = pending.before;
  pending.before = pending;
  pending.after = pending;
}

function endLate(): void {
  const now = performance.now();
  while (underWay.after !== underWay && underWay.after.deadline <= now) {
    const { after } = underWay;
    leave(after);
    after.late();
  }
  sweeping = underWay.after !== underWay;
  if (sweeping) setTimeout(endLate, SWEEP_MS);
}

/** The work goes on after the time-out; what it commits is not lost, and a retry with the same id finds it (S7). */
function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const pending = enter(() => reject(new KithError('timeout')));
    work.then(
      (result) => {
        leave(pending);
        resolve(result);
      },
      (error: unknown) => {
        leave(pending);
        reject(error);
      },
    );
  });
}
