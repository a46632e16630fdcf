/** Heavy work, one at a time: two large photos at once may be more than a phone's memory holds. */
import { KithError } from '@kith/client';

export interface Queue {
  /** Whoever is no longer wanted leaves the line at once. @throws KithError limit_reached when too many wait. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export function createQueue(most: number): Queue {
  const line: (() => Promise<void>)[] = [];
  let busy = false;

  const next = (): void => {
    const turn = busy ? undefined : line.shift();
    if (!turn) return;
    busy = true;
    void turn().finally(() => {
      busy = false;
      next();
    });
  };

  return {
    run: <T>(signal: AbortSignal, work: () => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        signal.throwIfAborted();
        if (line.length >= most) throw new KithError('limit_reached');
        const leave = (): void => {
          const at = line.indexOf(turn);
          if (at >= 0) line.splice(at, 1);
          reject(signal.reason as Error);
        };
        // How it ends is for whoever asked; the next one's turn comes anyway.
        const turn = async (): Promise<void> => {
          signal.removeEventListener('abort', leave);
          await work().then(resolve, reject);
        };
        signal.addEventListener('abort', leave, { once: true });
        line.push(turn);
        next();
      }),
  };
}
