/** Has pictures drawn by a worker, one at a time (queue.ts); by the page itself where a worker cannot draw. */
import { type Drawing, draw, type Order } from './draw.ts';
import { within } from './patience.ts';

export type Answer =
  | { readonly type: 'drawn'; readonly drawing: Drawing }
  | { readonly type: 'failed'; readonly why: string };

/** A large photo on an old phone takes some seconds. */
const PATIENCE_MS = 45_000;
/** Its memory is given back when no further picture comes. */
const IDLE_MS = 20_000;

type Hand =
  | { readonly type: 'none' }
  | { readonly type: 'busy'; readonly worker: Worker }
  | { readonly type: 'idle'; readonly worker: Worker; readonly timer: ReturnType<typeof setTimeout> };
let hand: Hand = { type: 'none' };
/** Whether workers draw here: an old browser has none that can, and a policy may forbid them. */
let workers: 'untried' | 'work' | 'absent' =
  typeof OffscreenCanvas === 'undefined' || typeof Worker === 'undefined' ? 'absent' : 'untried';

function take(): Worker {
  if (hand.type === 'idle') clearTimeout(hand.timer);
  const worker =
    hand.type === 'none'
      ? new Worker(new URL('./drawWorker.ts', import.meta.url), { type: 'module' })
      : hand.worker;
  hand = { type: 'busy', worker };
  return worker;
}

function giveBack(worker: Worker): void {
  hand = { type: 'idle', worker, timer: setTimeout(() => dismiss(worker), IDLE_MS) };
}

function dismiss(worker: Worker): void {
  worker.terminate();
  if (hand.type !== 'none' && hand.worker === worker) hand = { type: 'none' };
}

/** @throws Error for what this browser cannot draw, DOMException when it takes too long or is not wanted any more. */
export async function draws(order: Order, signal: AbortSignal): Promise<Drawing> {
  const answer =
    workers === 'absent' ? undefined : await within(PATIENCE_MS, signal, (stop) => asked(order, stop));
  if (!answer) return within(PATIENCE_MS, signal, () => draw(order));
  if (answer.type === 'failed') throw new Error(answer.why);
  return answer.drawing;
}

/** Undefined: there are no workers here. */
function asked(order: Order, stop: AbortSignal): Promise<Answer | undefined> {
  const worker = take();
  return new Promise((resolve) => {
    // Decoding cannot be stopped otherwise.
    const end = (): void => dismiss(worker);
    stop.addEventListener('abort', end, { once: true });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      stop.removeEventListener('abort', end);
      giveBack(worker);
      workers = 'work';
      resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      stop.removeEventListener('abort', end);
      dismiss(worker);
      // One that has drawn before broke over this picture: the page shall not break over it too.
      if (workers === 'work') resolve({ type: 'failed', why: event.message });
      else {
        workers = 'absent';
        resolve(undefined);
      }
    };
    worker.postMessage(order);
  });
}
