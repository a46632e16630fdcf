import type { Input, SettingsRecord, User } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { defaultSettings } from '@kith/protocol/preferences';
import { expect, test } from 'vitest';
import { Account } from './account.ts';
import { Scheduler } from './reactive.ts';
import type { Request } from './request.ts';

const record = (rev: number, presence: SettingsRecord['presence']): SettingsRecord => ({
  type: 'settings',
  rev,
  presence,
  ...defaultSettings,
});

function signedIn() {
  const asked: {
    readonly change: Input<'updateSettings'>;
    readonly resolve: (answer: { settings: SettingsRecord }) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  const request = ((_name: string, change: Input<'updateSettings'>) =>
    new Promise((resolve, reject) => asked.push({ change, resolve, reject }))) as unknown as Request;
  const account = new Account(
    new Scheduler(),
    request,
    () => undefined,
    () => undefined,
  );
  const user = { id: 'a' } as User;
  account.handleWelcome({ user, settings: record(1, 'auto'), sessionId: 's', tenant: { slug: 't' } });
  return { account, asked, settings: () => account.me.get()?.settings };
}

test('what is set shows before the server answers, and stays when it does', async () => {
  const { account, asked, settings } = signedIn();
  const first = account.updateSettings({ presence: 'away' });
  const second = account.updateSettings({ presence: 'invisible', privacy: { receipts: false } });
  expect(settings()).toMatchObject({
    presence: 'invisible',
    privacy: { receipts: false, avatar: 'everyone' },
  });
  // Not for the cache: the server may refuse it.
  expect(account.cached?.settings.presence).toBe('auto');
  asked[0]?.resolve({ settings: record(2, 'away') });
  await first;
  expect(settings()?.presence).toBe('invisible');
  asked[1]?.resolve({
    settings: { ...record(3, 'invisible'), privacy: { ...defaultSettings.privacy, receipts: false } },
  });
  await second;
  expect(settings()).toMatchObject({ rev: 3, presence: 'invisible', privacy: { receipts: false } });
});

test('what is refused is taken back, and what another device set meanwhile is there', async () => {
  const { account, asked, settings } = signedIn();
  const refused = account.updateSettings({ presence: 'invisible' });
  account.handleRecord(record(5, 'away'));
  expect(settings()?.presence).toBe('invisible');
  asked[0]?.reject(new KithError('forbidden'));
  await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
  expect(settings()).toMatchObject({ rev: 5, presence: 'away' });
});
