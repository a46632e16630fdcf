/** Who is signed in here, and what belongs to them (S5). */
import type { SettingsRecord, User, UserChange } from '@kith/protocol';
import { Cell, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { CachedMe } from './storage/storage.ts';
import type { Me } from './types.ts';

export class Account {
  readonly me: Cell<Me | undefined>;
  readonly #request: Request;
  readonly #person: (user: User) => void;
  readonly #changed: () => void;
  #tenant = '';
  /** The last of one's own revisions that is known here (S5). */
  #rev = 0;

  /** `person` is told of one's own new profile, `changed` of anything that the cache should keep. */
  constructor(scheduler: Scheduler, request: Request, person: (user: User) => void, changed: () => void) {
    this.me = new Cell<Me | undefined>(scheduler, undefined);
    this.#request = request;
    this.#person = person;
    this.#changed = changed;
  }

  get cached(): CachedMe | undefined {
    const me = this.me.get();
    return me && { user: me.user, settings: me.settings, tenant: this.#tenant };
  }

  restore({ user, settings, tenant }: CachedMe): void {
    this.#tenant = tenant;
    this.#rev = settings.rev;
    this.me.set({ user, settings });
  }

  handleWelcome(welcome: {
    user: User;
    settings: SettingsRecord;
    sessionId: string;
    tenant: { slug: string };
  }): void {
    this.#tenant = welcome.tenant.slug;
    this.#rev = Math.max(this.#rev, welcome.settings.rev);
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
    const known = this.#rev;
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
    this.#rev = 0;
  }

  #apply(records: readonly UserChange[]): void {
    for (const record of records) {
      const me = this.me.get();
      if (!me) return;
      this.#rev = Math.max(this.#rev, record.rev);
      if (record.type === 'profile') this.#person(record.user);
      else if (record.type === 'settings' && record.rev > me.settings.rev) {
        this.me.set({ ...me, settings: record });
        this.#changed();
      }
    }
  }
}
