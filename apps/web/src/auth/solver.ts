/** The work a server asks for while many knock (`challenge_required`), done beside the page. Loaded when it is asked for. */
import { type Challenge, solveHere } from '@kith/client/challenge';
import type { Answer } from './solverWorker.ts';

/** Rejects with what `signal` was aborted with. */
export async function solveBeside(challenge: Challenge, signal: AbortSignal): Promise<string> {
  // An old browser has no workers of this kind, and a policy may forbid them: then the page does it, a little at a time.
  return (await inWorker(challenge, signal)) ?? solveHere(challenge, signal);
}

/** Null: there are no workers here, or this one could not do it. */
function inWorker(challenge: Challenge, signal: AbortSignal): Promise<string | null> {
  if (typeof Worker === 'undefined') return Promise.resolve(null);
  const worker = new Worker(new URL('./solverWorker.ts', import.meta.url), { type: 'module' });
  return new Promise<string | null>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data.answer);
    worker.onerror = () => resolve(null);
    worker.postMessage(challenge);
  }).finally(() => worker.terminate());
}
