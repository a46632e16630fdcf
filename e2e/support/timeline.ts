/** Where messages stand in the view of a timeline, and how it is scrolled. */
import type { Screen } from './screens.ts';

export interface Place {
  readonly text: string;
  /** Of its lower edge, pixels from the top of the view. */
  readonly bottom: number;
}

/**
 * The first message in view. Its bubble, not its row, and where that ends, not where it begins: a gap and a name come
 * above it when the message before it turns out to be of another author.
 */
export const topmost = ({ log }: Screen): Promise<Place> =>
  log.evaluate((element) => {
    const edge = element.getBoundingClientRect().top;
    for (const row of element.querySelectorAll<HTMLElement>('[role="article"]')) {
      const box = row.querySelector('.kith-bubble')?.getBoundingClientRect();
      if (box && box.top >= edge)
        return { text: row.getAttribute('aria-label') ?? '', bottom: box.bottom - edge };
    }
    throw new Error('No message is in view.');
  });

export interface Watch {
  /** How far a message was from its first place in any painted frame, px; undefined: it was not there. */
  readonly moved: number | undefined;
  /** Which message that was, and where. */
  readonly where: string;
  /** Whether more came above. */
  readonly grew: boolean;
}

/**
 * Looks at a message in every frame until no page is on its way and all is still. Without a message: at all that are in
 * view once the list is scrolled to its top, from that frame on.
 */
export const watched = ({ log }: Screen, place?: Place): Promise<Watch> =>
  log.evaluate(async (element, place) => {
    // A task queued inside of a frame runs when that frame is painted.
    const painted = (): Promise<void> =>
      new Promise((resolve) =>
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => resolve();
          channel.port2.postMessage(null);
        }),
      );
    const drawn = (): Map<string, { readonly top: number; readonly bottom: number }> => {
      const edge = element.getBoundingClientRect().top;
      const found = new Map<string, { readonly top: number; readonly bottom: number }>();
      for (const row of element.querySelectorAll('[role="article"]')) {
        const box = row.querySelector('.kith-bubble')?.getBoundingClientRect();
        if (box)
          found.set(row.getAttribute('aria-label') ?? '', { top: box.top - edge, bottom: box.bottom - edge });
      }
      return found;
    };
    const places: { readonly text: string; readonly bottom: number }[] = [];
    if (place) places.push(place);
    else {
      do await painted();
      while (element.scrollTop !== 0);
      for (const [text, { top, bottom }] of drawn())
        if (bottom > 0 && top < element.clientHeight) places.push({ text, bottom });
    }
    const height = element.scrollHeight;
    let moved = places.length > 0 ? 0 : undefined;
    let where = '';
    let before = '';
    for (let still = 0, frame = 0; still < 4 && frame < 1_200; frame += 1) {
      await painted();
      const now = drawn();
      for (const { text, bottom } of places) {
        const is = now.get(text)?.bottom;
        const by = is === undefined ? undefined : Math.abs(is - bottom);
        if (moved !== undefined && (by === undefined || by > moved)) {
          moved = by;
          where = `"${text.slice(0, 40)}", first at ${bottom}, then at ${is}`;
        }
      }
      const sign = `${element.scrollTop} ${element.scrollHeight}`;
      still = sign === before && element.getAttribute('aria-busy') === 'false' ? still + 1 : 0;
      before = sign;
    }
    return { moved, where, grew: element.scrollHeight > height + 1_000 };
  }, place);

export const fromEnd = ({ log }: Screen): Promise<number> =>
  log.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);

/** Waits until nothing scrolls and nothing changes its height any more. */
export const settled = ({ log }: Screen): Promise<void> =>
  log.evaluate(async (element) => {
    let before = '';
    for (let still = 0, frame = 0; still < 3 && frame < 600; frame += 1) {
      await new Promise(requestAnimationFrame);
      const now = `${element.scrollTop} ${element.scrollHeight}`;
      still = now === before ? still + 1 : 0;
      before = now;
    }
  });

/** A server further away: whatever it says comes this much later. */
export const distant = ({ page }: Screen, ms: number): Promise<void> =>
  page.routeWebSocket(/\/v1\/socket/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((data) => setTimeout(() => socket.send(data), ms));
  });

export const frames = ({ page }: Screen): Promise<void> =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );

/** Puts the mouse where its wheel scrolls the timeline; returns where that begins. */
export async function pointAt({ page, log }: Screen): Promise<{ readonly x: number; readonly y: number }> {
  const box = await log.boundingBox();
  if (!box) throw new Error('There is no timeline.');
  await page.mouse.move(box.x + 200, box.y + 300);
  return box;
}
