/** The one door to the commands, whichever transport they come by: parse, run in time, turn every failure into one of the table's. */
import { type CommandName, commands, type FieldError, KithError, limits } from '@kith/protocol';
import type { z } from 'zod';
import type { Answer, Caller, Handler, Services } from '../services.ts';
import { toKithError } from '../store/database.ts';
import { admitGuest } from './guestAccess.ts';
import { handlers } from './handlers.ts';
import { createInTime } from './inTime.ts';
import { veil } from './veil.ts';

const inTime = createInTime(limits.requestMs);

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
    // What the tenant may not have is refused here, for every command and way.
    const within = services.tenants.admit(caller.tenantId, name, parsed);
    // A guest's rights are few, and told here for every command and way.
    const admitted = caller.guest ? admitGuest(services, caller, name, parsed, within) : within;
    const run = (): Promise<Answer<N>> => handler(services, caller, parsed);
    // Nothing waits that need not: messages reach the log in the order they came.
    const answered = admitted === null ? run() : admitted.then(run);
    return await inTime(answered.then((answer) => veil(services, caller, answer)));
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
