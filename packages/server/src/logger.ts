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
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );

/** For tests and tools. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
