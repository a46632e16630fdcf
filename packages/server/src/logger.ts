/** Where the rooms write what an operator should know: pino's shape, so that Fastify's logger fits. */
export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** For tests and tools. */
export const silentLogger: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
