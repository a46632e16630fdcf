/**
 * How Node runs the server, beside its defaults (docs/decisions/0008-v8.md).
 *
 * A young generation of at most 2 × 32 MiB: of itself it grows to twice that under load, which a node keeps for good, and
 * its collections are then as long as they are rare. With one core for all, several threads that collect it together
 * only get into each other's way.
 */
import { availableParallelism } from 'node:os';

export const serverFlags = [
  '--max-semi-space-size=32',
  ...(availableParallelism() === 1 ? ['--no-parallel-scavenge'] : []),
];
