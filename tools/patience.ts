/**
 * Vitest's setup of unit tests. A second, as it has it, is short on a machine that is busy with other tests; and whoever waits
 * until something is so waits no longer than that takes.
 */
import { vi } from 'vitest';

const PATIENCE_MS = 10_000;

const { waitFor } = vi;
vi.waitFor = (look, options) =>
  waitFor(look, typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options });
