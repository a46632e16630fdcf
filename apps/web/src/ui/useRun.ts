import { useState } from 'react';
import { toastError } from './toast.ts';

/** Runs one thing at a time, shows that it runs, and says what went wrong with a way to try again. */
export function useRun(): readonly [busy: boolean, run: (task: () => Promise<void>) => void] {
  const [busy, setBusy] = useState(false);
  const run = (task: () => Promise<void>): void => {
    if (busy) return;
    setBusy(true);
    task()
      .catch((error: unknown) => toastError(error, () => run(task)))
      .finally(() => setBusy(false));
  };
  return [busy, run];
}
