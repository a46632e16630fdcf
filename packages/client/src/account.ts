/** Who is signed in here, and what belongs to them (S5). */
import type { Input, SettingsRecord, User, UserChange } from '@kith/protocol';
import { Cell, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { CachedMe } from './storage/storage.ts';
import type { Me } from './types.ts';
import { sameUser } from './users.ts';

export class Account {
  readonly me: Cell<Me | undefined>;
  readonly #request: Request;
  readonly #person: (user: User) => void;
  readonly #changed: () => void;
  #tenant = '';
  /** As the server has them. */
  #settings: SettingsRecord | undefined;
  /** Changes made here that it has not answered yet, laid over them. */
  #pending: readonly Input<'updateSettings'>[] = [];

  /** `person` is told of one's own new profile, `changed` of anything that the cache should keep. */
  constructor(scheduler: Scheduler, request: Request, person: (user: User) => void, changed: () => void) {
    this.me = new Cell<Me | undefined>(scheduler, undefined);
    this.#request = request;
    this.#person = person;
    this.#changed = changed;
  }

  get cached(): CachedMe | undefined {
    const me = this.me.get();
    return me && { user: me.user, settings: this.#settings ?? me.settings, tenant: this.#tenant };
  }

  restore({ user, settings, tenant }: CachedMe): void {
    this.#tenant = tenant;
    this.#settings = settings;
    this.me.set({ user, settings });
  }

  handleWelcome(welcome: {
    user: User;
    settings: SettingsRecord;
    sessionId: string;
    tenant: { slug: string };
  }): void {
    this.#tenant = welcome.tenant.slug;
    this.#settings = welcome.settings;
    const settings = this.#pending.reduce(laid, welcome.settings);
    this.me.set({ user: welcome.user, settings, sessionId: welcome.sessionId });
    this.#changed();
  }

  handleUser(user: User): void {
    const me = this.me.get();
    if (me?.user.id !== user.id || sameUser(me.user, user)) return;
    this.me.set({ ...me, user });
    this.#changed();
  }

  async updateProfile(change: Input<'updateProfile'>): Promise<User> {
    const { user } = await this.#request('updateProfile', change);
    this.handleUser(user);
    return user;
  }

  /** Shows at once; what the server refuses is taken back. */
  async updateSettings(change: Input<'updateSettings'>): Promise<void> {
    this.#pending = [...this.#pending, change];
    this.#show();
    try {
      const { settings } = await this.#request('updateSettings', change);
      this.handleRecord(settings);
    } finally {
      this.#pending = this.#pending.filter((other) => other !== change);
      this.#show();
    }
  }

  clear(): void {
    this.#settings = undefined;
    this.#pending = [];
    this.me.set(undefined);
  }

  /** Settings or profile, as the person's own changes tell them. */
  handleRecord(record: Extract<UserChange, { type: 'settings' | 'profile' }>): void {
    const me = this.me.get();
    if (!me) return;
    if (record.type === 'profile') this.#person(record.user);
    else if (record.rev > (this.#settings?.rev ?? 0)) {
      this.#settings = record;
      this.#show();
      this.#changed();
    }
  }

  #show(): void {
    const me = this.me.get();
    if (me && this.#settings) this.me.set({ ...me, settings: this.#pending.reduce(laid, this.#settings) });
  }
}

/** A cache of an earlier version may lack a group. */
function laid(settings: SettingsRecord, change: Input<'updateSettings'>): SettingsRecord {
  const given = <T extends object>(part: T | undefined): Partial<T> =>
    Object.fromEntries(Object.entries(part ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
  return {
    ...settings,
    ...(change.presence && { presence: change.presence }),
    ...(change.notifications && {
      notifications: {
        ...settings.notifications,
        ...given(change.notifications),
      } as SettingsRecord['notifications'],
    }),
    ...(change.privacy && {
      privacy: { ...settings.privacy, ...given(change.privacy) } as SettingsRecord['privacy'],
    }),
  };
}
