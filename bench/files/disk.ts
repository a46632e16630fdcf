/** What was written before is on the disk before the next is measured: nobody pays for another. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const SYNC_MS = 120_000;

export async function tidyDisk(): Promise<void> {
  await promisify(execFile)('sync', { timeout: SYNC_MS });
}
