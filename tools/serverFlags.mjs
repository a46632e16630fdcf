/**
 * How Node runs the server, beside its defaults (docs/decisions/0008-v8.md).
 *
 * A young generation of at most 2 × 32 MiB: of itself it grows to twice that under load, which a node keeps for good, and
 * its collections are then as long as they are rare.
 *
 * No pretenuring: while thousands connect, V8 learns that what is made in such a place lives long, and from then on puts
 * what is made there among the old, with all that it points to, though a message's work is over in milliseconds.
 *
 * With one core for all, several threads that collect the young only get into each other's way.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

export const serverFlags = [
  '--max-semi-space-size=32',
  '--no-allocation-site-pretenuring',
  ...(availableParallelism() === 1 ? ['--no-parallel-scavenge'] : []),
];

/** What has been compiled is kept, beside the packages: the next start takes a quarter less time. */
export const serverEnvironment = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/node-compile', import.meta.url)),
};
