/**
 * How Node runs the server, beside its defaults.
 *
 * A young generation of at most 2 × 32 MiB: of itself it grows to twice that under load, which a node keeps for good, and
 * its collections are then as long as they are rare (docs/decisions/0008-v8.md).
 */
export const serverFlags = ['--max-semi-space-size=32'];
