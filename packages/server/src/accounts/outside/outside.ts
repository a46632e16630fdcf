/** What signing in by other services works with. */
import { KithError } from '@kith/protocol';
import { z } from 'zod';
import type { Provider } from './provider.ts';

export interface Outside {
  readonly providers: ReadonlyMap<string, Provider>;
  /** Where people reach this server: services send them back to it, whatever host a request names. */
  readonly origin: () => string;
}

/** To sign in there takes a while: passwords are looked for, second factors too. */
export const OUTSIDE_MINUTES = 10;

/** Of a session that may connect an account. */
export const LinkWaiting = z.object({ provider: z.string(), sessionId: z.string() });

/** @throws KithError not_found for a service that is none of ours. */
export function providerOf({ providers }: Outside, id: string): Provider {
  const provider = providers.get(id);
  if (!provider) throw new KithError('not_found', { message: 'This server knows no such service.' });
  return provider;
}
