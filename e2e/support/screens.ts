/**
 * The app as a person sees and hears it: everything is found by role and name, so that a journey also proves that a
 * screen reader would find it.
 */
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { listen } from './complaints.ts';
import type { Account } from './people.ts';
import type { Sample } from './samples.ts';
import { type UntilOptions, until } from './wait.ts';

export type Tick = 'Sending' | 'Not sent' | 'Sent' | 'Delivered' | 'Read';

/** One browser profile and its current page. */
export class Screen {
  readonly context: BrowserContext;
  readonly url: string;
  readonly problems: string[] = [];
  #page: Page | undefined;
  #excused = false;

  constructor(context: BrowserContext, url: string) {
    this.context = context;
    this.url = url;
  }

  get page(): Page {
    if (!this.#page) throw new Error('No page is open.');
    return this.#page;
  }

  /** A new page of this profile; it becomes the current one. */
  async open(path = '/'): Promise<Page> {
    const page = await this.context.newPage();
    listen(page, this.problems, () => this.#excused);
    this.#page = page;
    await page.goto(this.url + path);
    return page;
  }

  /** The other tab: the same profile, another page. */
  async tab(path = '/'): Promise<Screen> {
    const screen = new Screen(this.context, this.url);
    // One list for both: the test that fails is the same.
    Object.assign(screen, { problems: this.problems });
    await screen.open(path);
    return screen;
  }

  /** From now on a lost network is expected, and what the browser prints about it. */
  excuseNetwork(): void {
    this.#excused = true;
  }

  async setOffline(offline: boolean): Promise<void> {
    this.excuseNetwork();
    await this.context.setOffline(offline);
  }

  // The door

  async signIn({ email, password }: Pick<Account, 'email' | 'password'>): Promise<void> {
    await this.page.getByLabel('Email').fill(email);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
    await this.list.getByRole('button', { name: 'Settings' }).waitFor();
  }

  async signUp(name: string, username: string, password = 'a long enough secret'): Promise<void> {
    const change = this.page.getByRole('button', { name: 'Create an account' });
    // On a server without any account the door offers it by itself.
    await change.or(this.page.getByRole('heading', { name: 'Create your account' })).waitFor();
    if (await change.isVisible()) await change.click();
    await this.page.getByLabel('Name', { exact: true }).fill(name);
    await this.page.getByLabel('Username').fill(username);
    await this.page.getByLabel('Email').fill(`${username}@example.org`);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Create account' }).click();
    await this.list.getByRole('button', { name: 'Settings' }).waitFor();
  }

  // The list

  get list(): Locator {
    return this.page.getByRole('navigation', { name: 'Conversations' });
  }

  /** The row of a conversation. */
  row(name: string): Locator {
    return this.list.getByRole('link', { name: new RegExp(`^${literally(name)}`) });
  }

  async openRow(name: string): Promise<void> {
    await this.row(name).click();
    await this.heading(name).waitFor();
  }

  unread(name: string, count: number): Locator {
    return this.row(name).getByText(`${count} unread`, { exact: true });
  }

  // The conversation

  get conversation(): Locator {
    return this.page.getByRole('region', { name: 'Conversation', exact: true });
  }

  heading(name: string): Locator {
    return this.conversation.getByRole('heading', { level: 1, name, exact: true });
  }

  /** The header of the conversation: who it is and, in one line, how it stands. */
  get header(): Locator {
    return this.conversation.getByRole('banner').or(this.conversation.locator('header').first());
  }

  get log(): Locator {
    return this.conversation.getByRole('feed', { name: 'Messages' });
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message', exact: true });
  }

  /** A message by its words: all of them when `text` is a pattern with anchors, else a part. */
  message(text: string | RegExp): Locator {
    return this.log.getByRole('article').filter({ hasText: text });
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Chooses files as from a folder; they stand above the text field then. */
  async attach(files: readonly Sample[], kind: 'Photo or video' | 'File' = 'File'): Promise<void> {
    await this.conversation.getByRole('button', { name: 'Attach' }).click();
    const chooser = this.page.waitForEvent('filechooser');
    await this.page.getByRole('menuitem', { name: kind, exact: true }).click();
    await (await chooser).setFiles([...files]);
    await this.tray.waitFor();
  }

  /** The files that are to be sent. */
  get tray(): Locator {
    return this.page.getByRole('list', { name: 'Files to send' });
  }

  /** The full-screen viewer. */
  get viewer(): Locator {
    return this.page.getByRole('dialog', { name: 'Pictures and files' });
  }

  /** Waits until this own message has come so far. */
  async tick(text: string, state: Tick): Promise<void> {
    await this.message(text)
      .getByRole('img', { name: new RegExp(`^${state}( (by|to) \\d+ of \\d+)?$`) })
      .waitFor();
  }

  /** Waits until the server has it. */
  async acknowledged(text: string | RegExp): Promise<void> {
    await this.message(text)
      .getByRole('img', { name: /^(Sent|Delivered|Read)( (by|to) \d+ of \d+)?$/ })
      .first()
      .waitFor();
  }

  /** Opens the menu of a message, as a right click does. */
  async menu(text: string | RegExp): Promise<Locator> {
    await this.message(text).locator('.kith-bubble').click({ button: 'right' });
    const menu = this.page.getByRole('menu');
    await menu.waitFor();
    return menu;
  }

  async choose(text: string | RegExp, item: string): Promise<void> {
    await (await this.menu(text)).getByRole('menuitem', { name: new RegExp(`^${item}`) }).click();
  }

  /** The thread beside the conversation. */
  get thread(): Locator {
    return this.page.getByRole('complementary', { name: 'Thread', exact: true });
  }

  /** A message in the thread. */
  reply(text: string | RegExp): Locator {
    return this.thread.getByRole('article').filter({ hasText: text });
  }

  async sendReply(text: string): Promise<void> {
    const field = this.thread.getByRole('textbox', { name: 'Reply in this thread' });
    await field.fill(text);
    await field.press('Enter');
  }

  get details(): Locator {
    return this.page.getByRole('complementary', { name: 'Details' });
  }

  async openDetails(): Promise<Locator> {
    await this.conversation.getByRole('button', { name: 'Show details' }).click();
    await this.details.getByRole('heading', { level: 1 }).waitFor();
    return this.details;
  }

  /** Starts a direct conversation with someone found by name. */
  async find(name: string): Promise<void> {
    await this.list.getByRole('button', { name: 'New conversation' }).click();
    await this.list.getByRole('searchbox', { name: 'Find people' }).fill(name);
    await this.list.getByRole('button', { name: new RegExp(`^${literally(name)}`) }).click();
    await this.heading(name).waitFor();
  }

  /** The one slim strip about the connection. */
  strip(words: string | RegExp): Locator {
    return this.page.getByRole('status').filter({ hasText: words });
  }

  /** The words of all messages that are drawn, in order. */
  async drawn(): Promise<string[]> {
    const labels = await this.log
      .getByRole('article')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? ''));
    // "Ana, 14:05: the words"; what else is told of them comes in lines below.
    return labels.map((label) => label.slice(label.indexOf(': ') + 2).split('\n')[0] ?? '');
  }

  /** Waits until the app can be opened without a network: the worker has its copy, and the cache these messages. */
  async readyForOffline(...texts: string[]): Promise<void> {
    await until('the app is installed (useWorld({ installs: true }))', () =>
      this.page.evaluate(async () => !!(await navigator.serviceWorker.getRegistration())?.active),
    );
    for (const text of texts)
      await until(`“${text}” is in the cache`, () => this.page.evaluate(isCached, text), {
        timeoutMs: 20_000,
      });
  }
}

/** Runs in the page. */
async function isCached(text: string): Promise<boolean> {
  const settled = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    if (name === undefined) continue;
    const database = await settled(indexedDB.open(name));
    const messages = await settled(database.transaction('messages').objectStore('messages').getAll());
    database.close();
    if (JSON.stringify(messages).includes(text)) return true;
  }
  return false;
}

/** Waits until something is no longer there. */
export const gone = (locator: Locator): Promise<void> => locator.waitFor({ state: 'detached' });

/** Waits until this many are there. */
export const counted = (
  what: string,
  locator: Locator,
  count: number,
  options?: UntilOptions,
): Promise<true> =>
  until(
    `there are ${count} ${what}`,
    async () => {
      const found = await locator.count();
      if (found !== count) throw new Error(`there are ${found}`);
      return true as const;
    },
    { timeoutMs: 20_000, ...options },
  );

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
