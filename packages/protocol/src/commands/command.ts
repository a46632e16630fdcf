/** What one row of the command table says. */
import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import type { RateClass } from '../limits.ts';

export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/v1`; `{name}` takes a field of the input. The rest is the query (GET, DELETE) or the JSON body. */
  readonly path: string;
}

export interface CommandSpec<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  /** What it may answer beside the errors any command may: see `commonErrors`. */
  readonly errors: readonly ErrorCode[];
  /** Null: only over a socket, whose state it changes. */
  readonly http: HttpRoute | null;
  readonly rate: RateClass;
}

/** Any command may answer these. */
export const commonErrors = [
  'bad_input',
  'unauthenticated',
  'too_large',
  'rate_limited',
  'unavailable',
  'timeout',
  'draining',
  'internal',
] as const satisfies readonly ErrorCode[];

/** Keeps the exact types of a row. */
export const command = <I extends z.ZodType, O extends z.ZodType>(
  spec: CommandSpec<I, O>,
): CommandSpec<I, O> => spec;
