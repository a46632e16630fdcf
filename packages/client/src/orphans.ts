/** What closed tabs left unsent and untold: the tab that leads sees to it, and looks for more while there is something of others. */
import { timeOfId } from '@kith/protocol/ids';
import type { Outbox } from './outbox.ts';
import type { Storage } from './storage/storage.ts';
import type { Tabs } from './tabs.ts';
import type { Clock } from './types.ts';
import type { Wishes } from './wishes.ts';

export interface OrphansDeps {
  readonly storage: Pick<Storage, 'loadOutbox' | 'loadWishes' | 'listFiles' | 'removeFiles'>;
  readonly tabs: Tabs;
  readonly clock: Clock;
  /** Made later than this. */
  outbox(): Outbox;
  readonly wishes: Wishes;
}

const LOOK_MS = 10_000;
const SWEEP_AFTER_MS = 3_600_000;

export class Orphans {
  readonly #deps: OrphansDeps;
  #leading = false;
  #planned = false;

  constructor(deps: OrphansDeps) {
    this.#deps = deps;
  }

  /** This tab leads from now on, and begins when it is `ready`. */
  async lead(ready: Promise<void>): Promise<void> {
    this.#leading = true;
    await ready;
    await this.#adopt();
  }

  leave(): void {
    this.#leading = false;
  }

  /** There may be something of another tab. */
  watch(): void {
    const { tabs, clock, outbox, wishes } = this.#deps;
    const foreign =
      wishes.foreign().length > 0 ||
      outbox()
        .all()
        .some((item) => item.entry.owner !== tabs.id);
    if (!this.#leading || this.#planned || !foreign) return;
    this.#planned = true;
    clock.after(LOOK_MS, () => {
      this.#planned = false;
      if (this.#leading) void this.#adopt();
    });
  }

  async #adopt(): Promise<void> {
    const { storage, tabs, wishes } = this.#deps;
    const outbox = this.#deps.outbox();
    await this.lookForWishes();
    const entries = await storage.loadOutbox();
    for (const entry of entries) if (entry.owner !== tabs.id) outbox.handleEntry(entry);
    const owners = new Set(outbox.all().map((item) => item.entry.owner));
    for (const { owner } of wishes.foreign()) owners.add(owner);
    for (const owner of await tabs.gone(owners)) {
      outbox.adopt(owner);
      wishes.adopt(owner);
    }
    await this.#sweepFiles(new Set(entries.map((entry) => entry.id)));
    this.watch();
  }

  /** Bytes of messages that are sent or given up: a tab ended between the two. */
  async #sweepFiles(unsent: ReadonlySet<string>): Promise<void> {
    const { storage, clock } = this.#deps;
    // What is being written at this moment stands in no outbox yet.
    const before = clock.now() - SWEEP_AFTER_MS;
    const left = (await storage.listFiles()).filter(
      ({ messageId }) => !unsent.has(messageId) && timeOfId(messageId) < before,
    );
    if (left.length > 0) await storage.removeFiles(left.map(({ fileId }) => fileId));
  }

  /** What the device keeps of other tabs' wishes: what was read before may have been told before this tab listened. */
  async lookForWishes(): Promise<void> {
    const { storage, wishes } = this.#deps;
    const before = wishes.foreign();
    wishes.handleRows(await storage.loadWishes(), before);
  }
}
