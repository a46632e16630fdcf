/**
 * What is dear is refused to whoever only found the device open: "confirm that it is you", and then it is done after all. For
 * everything that may be refused as `confirmation_required`:
 *
 *     if (await confirmed(() => client.security.changePassword(password))) toast(…);
 */
import { KithError } from '@kith/client';
import { cell } from '../app/cell.ts';

export interface Asking {
  readonly answer: (isConfirmed: boolean) => void;
}

const asking = cell<Asking | null>(null);
/** Drawn by the shell. */
export const useAsking = asking.use;

/** Runs, asks for the password if that is wanted first, and runs again. False: the person left it. @throws what `run` throws. */
export async function confirmed(run: () => Promise<unknown>): Promise<boolean> {
  for (;;) {
    try {
      await run();
      return true;
    } catch (error) {
      if (!(error instanceof KithError) || error.code !== 'confirmation_required') throw error;
    }
    if (!(await ask())) return false;
  }
}

/** One at a time: a later question takes the place of the earlier, which is left. Nobody waits for one that is gone. */
function ask(): Promise<boolean> {
  return new Promise((resolve) => {
    const mine: Asking = {
      answer: (isConfirmed) => {
        resolve(isConfirmed);
        if (asking.get() === mine) asking.set(null);
      },
    };
    asking.set(mine);
    const stop = asking.subscribe(() => {
      if (asking.get() === mine) return;
      stop();
      resolve(false);
    });
  });
}

/** For tests. */
export const currentAsking = asking.get;
