/** Where the rooms write what an operator should know: pino's shape, so that Fastify's logger fits. */
import { type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from './config.ts';

export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/**
 * One JSON object a line, on stderr, in fields that collectors know (OpenTelemetry's log model maps them one to one):
 * `time` in ISO 8601, `level` as a word, `service.name`, `service.instance.id`, `msg`; `requestId` and `connection` where
 * there are such.
 */
export const createLog = (level: LogLevel, node: string): PinoLogger =>
  pino(
    {
      level,
      base: { 'service.name': 'kith', 'service.instance.id': node },
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: errorForLog },
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );

interface LoggedError {
  readonly type: string;
  readonly message?: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: unknown;
}

const CAUSES = 5;

/**
 * What helps to mend it, and nothing that a driver hangs on besides: the parameters of a failed statement, and the row of which a
 * database says that it does not fit, are what people write.
 */
export function errorForLog(error: unknown, depth = 0): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { message, code, stack, cause } = error as Readonly<Record<string, unknown>>;
  const logged: LoggedError = {
    type: error.constructor?.name ?? 'Object',
    ...(typeof message === 'string' && { message }),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof stack === 'string' && { stack }),
    ...(cause !== undefined && depth < CAUSES && { cause: errorForLog(cause, depth + 1) }),
  };
  return logged;
}

/** For tests and tools. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
