/** What programs ask over HTTP that is no command of a person: as a row of a table, like the commands. */
import type { z } from 'zod';
import type { HttpRoute } from './commands/command.ts';
import type { ErrorCode } from './errors.ts';

export interface CallSpec<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  /** What it may answer beside the errors any call may. */
  readonly errors: readonly ErrorCode[];
  readonly http: HttpRoute;
}

/** Keeps the exact types of a row. */
export const call = <I extends z.ZodType, O extends z.ZodType>(spec: CallSpec<I, O>): CallSpec<I, O> => spec;

export type CallInput<T extends Record<string, CallSpec>, N extends keyof T> = z.input<T[N]['input']>;
export type CallParsed<T extends Record<string, CallSpec>, N extends keyof T> = z.output<T[N]['input']>;
export type CallOutput<T extends Record<string, CallSpec>, N extends keyof T> = z.output<T[N]['output']>;
/** What answers each call of a table. */
export type Answers<T extends Record<string, CallSpec>, Who> = {
  readonly [N in keyof T]: (who: Who, input: CallParsed<T, N>) => Promise<CallOutput<T, N>>;
};
