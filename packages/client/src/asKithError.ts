import { KithError } from '@kith/protocol/errors';

/** What was thrown, as an error of the table (E1). */
export const asKithError = (cause: unknown): KithError =>
  cause instanceof KithError ? cause : new KithError('internal', { cause });
