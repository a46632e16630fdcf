/** A disk that is soon full. */
import { spawnSync } from 'node:child_process';

const runs = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { timeout: 10_000 }).status === 0;

export interface SmallDisk {
  /** @throws Error while something of it is open. */
  unmount(): void;
}

/**
 * In an empty folder. Null where this user may not mount, as only root may, and not in every container: the test is to be skipped.
 * @throws Error under CI, where nothing may go untested unseen.
 */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | null {
  if (!runs('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'kith-test', folder])) {
    const lacking = 'NOT TESTED: a full disk, because this user may not mount a small one.';
    if (process.env.CI) throw new Error(lacking);
    console.warn(lacking);
    return null;
  }
  return {
    unmount: () => {
      if (!runs('umount', [folder])) throw new Error(`${folder} could not be unmounted.`);
    },
  };
}
