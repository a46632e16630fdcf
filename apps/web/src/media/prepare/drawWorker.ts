/** draw.ts away from the page, which stays at hand meanwhile. One order at a time. */
import { draw, type Order } from './draw.ts';
import type { Answer } from './drawing.ts';

const answer = (what: Answer): void => postMessage(what);

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  draw(data).then(
    (drawing) => answer({ type: 'drawn', drawing }),
    (error: unknown) => answer({ type: 'failed', why: String(error) }),
  );
});
