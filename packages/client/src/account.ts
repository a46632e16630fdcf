/** Who is signed in here, and what belongs to them (S5). */
import type { SettingsRecord, User, UserChange } from '@kith/protocol';
import { Cell, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { CachedMe } from './storage/storage.ts';
import type { Me } from './types.ts';

export class Account {
  readonly me: Cell<Me | undefined>;
  readonly #request: Request;
  readonly #changed: () => void;
  #tenant = '';

  constructor(scheduler: Scheduler, request: Request, changed: () => void) {
    this.me = new Cell<Me | undefined>(scheduler, undefined);
    this.#request = request;
    this.#changed = changed;
  }

  get cached(): CachedMe | undefined {
    const me = this.me.get();
    return me && { user: me.user, settings: me.settings, tenant: this.#tenant };
  }

  restore({ user, settings, tenant }: CachedMe): void {
    this.#tenant = tenant;
    this.me.set({ user, settings });
  }

  handleWelcome(welcome: {
    user: User;
    settings: SettingsRecord;
    sessionId: string;
    tenant: { slug: string };
  }): void {
    this.#tenant = welcome.tenant.slug;
    this.me.set({ user: welcome.user, settings: welcome.settings, sessionId: welcome.sessionId });
    this.#changed();
  }

  handleUser(user: User): void {
    const me = this.me.get();
    if (me?.user.id !== user.id) return;
    if (
      me.user.displayName === user.displayName &&
      me.user.username === user.username &&
      me.user.role === user.role
    )
      return;
    this.me.set({ ...me, user });
    this.#changed();
  }

  /** A jump in one's own revision: what lies between is asked for. */
  handleChanges(rev: number, records: readonly UserChange[]): void {
    const known = this.me.get()?.settings.rev ?? 0;
    this.#apply(records);
    if (rev > known + 1) {
      this.#request('getMyChanges', { since: known }).then(
        (page) => this.#apply(page.records),
        // The next welcome brings them.
        () => {},
      );
    }
  }

  async updateProfile(displayName: string): Promise<User> {
    const { user } = await this.#request('updateProfile', { displayName });
    this.handleUser(user);
    return user;
  }

  async updateSettings(change: { presence?: SettingsRecord['presence'] }): Promise<void> {
    const { settings } = await this.#request('updateSettings', change);
    this.#apply([settings]);
  }

  clear(): void {
    this.me.set(undefined);
  }

  #apply(records: readonly UserChange[]): void {
    for (const record of records) {
      const me = this.me.get();
      if (!me || record.rev <= me.settings.rev) continue;
      this.me.set({ ...me, settings: record });
      this.#changed();
    }
  }
}
