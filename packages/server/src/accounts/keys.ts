/**
 * Keys made of the service's own secret, one for each use, so that none can be asked for what another does. The present secret
 * makes the first; what former ones closed, the others still open.
 */
import { hkdfSync } from 'node:crypto';

/** The present one, and then the former. */
export type Keys = readonly [Buffer, ...Buffer[]];

export type Secrets = readonly [string, ...string[]];

export const keysFor = ([present, ...former]: Secrets, use: string): Keys => [
  keyFrom(present, use),
  ...former.map((secret) => keyFrom(secret, use)),
];

const keyFrom = (secret: string, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `kith ${use}`, 32));
