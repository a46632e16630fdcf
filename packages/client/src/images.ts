/**
 * Where small images are drawn from. A browser brings its cookie along by itself; a token goes into no address, so with one the
 * bytes are fetched, and drawn from this page.
 */
import { blobsOf } from './blobs.ts';
import type { Core } from './core.ts';
import { Cell } from './reactive.ts';
import type { Readable } from './types.ts';

/** Each holds some 20 kB; beyond that those that nobody draws are let go, the oldest first. */
const MOST = 300;
const FETCH_MS = 30_000;
/** What did not come is asked for anew after so long, ms, by whoever draws it then. */
const AGAIN_MS = 60_000;

interface Image {
  readonly cell: Cell<string | undefined>;
  /** No earlier than then, ms since the epoch. */
  again: number;
}

export class Images {
  readonly #core: Core;
  readonly #known = new Map<string, Image>();

  constructor(core: Core) {
    this.#core = core;
  }

  of(id: string): Readable<string | undefined> {
    const { options, scheduler, clock } = this.#core;
    const url = blobsOf(options).url(id);
    const known = this.#known.get(id);
    if (known && (known.cell.get() !== undefined || clock.now() < known.again)) return known.cell;
    const image = known ?? { cell: new Cell<string | undefined>(scheduler, undefined), again: 0 };
    this.#known.set(id, image);
    this.#makeRoom();
    if (options.token === undefined) {
      image.cell.set(url);
      return image.cell;
    }
    image.again = Number.POSITIVE_INFINITY;
    this.#fetch(url)
      // Signed out meanwhile: nobody draws it any more.
      .then((bytes) => this.#known.get(id) === image && image.cell.set(URL.createObjectURL(bytes)))
      .catch((cause: unknown) => {
        image.again = clock.now() + AGAIN_MS;
        this.#core.warn('An image could not be fetched.', cause);
      });
    return image.cell;
  }

  clear(): void {
    for (const { cell } of this.#known.values()) release(cell.get());
    this.#known.clear();
  }

  async #fetch(url: string): Promise<Blob> {
    const { token, fetch = globalThis.fetch } = this.#core.options;
    const response = await fetch(url, {
      credentials: 'omit',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(FETCH_MS),
    });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return response.blob();
  }

  #makeRoom(): void {
    for (const [id, { cell }] of this.#known) {
      if (this.#known.size <= MOST) return;
      if (cell.observed) continue;
      release(cell.get());
      this.#known.delete(id);
    }
  }
}

/** Addresses of the server are nobody's to let go. */
function release(url: string | undefined): void {
  if (url?.startsWith('blob:')) URL.revokeObjectURL(url);
}
