import type { ClientOptions, KithClient } from './types.ts';

/** Being built: see types.ts for what it will do. */
export function createClient(_options: ClientOptions): KithClient {
  throw new Error('not built yet');
}
