/** The host's page: its own sign-in, and beside it a list of people, a timeline and a composer over the SDK. */
import { type ConversationEntry, createClient, type KithClient, type Timeline } from '@kith/client';

const at = <E extends HTMLElement = HTMLElement>(id: string): E => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found as E;
};
const post = async (path: string): Promise<{ readonly token?: string | null }> => {
  const response = await fetch(path, { method: 'POST' });
  if (!response.ok) throw new Error(`${path} answered ${response.status}.`);
  return response.json() as Promise<{ token?: string | null }>;
};
const button = (label: string, press: () => Promise<void>): HTMLButtonElement => {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.onclick = () => void press();
  return made;
};

const me = (await (await fetch('/me')).json()) as {
  readonly name: string | null;
  readonly kith: string;
  readonly users: Readonly<Record<string, string>>;
};

if (me.name === null) {
  const doors = Object.entries(me.users).map(([id, name]) =>
    button(`Sign in as ${name}`, async () => {
      await post(`/login?user=${id}`);
      location.reload();
    }),
  );
  at('doors').replaceChildren(...doors);
} else {
  at('me').textContent = me.name;
  const kith = createClient({
    url: me.kith,
    userAgent: 'Acme Orders',
    getToken: async () => (await post('/chat-token')).token ?? null,
  });
  at('doors').replaceChildren(
    button('Sign out', async () => {
      await Promise.all([kith.signOut(), post('/logout')]);
      location.reload();
    }),
  );
  // Signed out elsewhere, or the host's session is over: the chat goes, the application decides the rest.
  kith.connection.subscribe(() => {
    at('chat').hidden = kith.connection.get().type === 'ended';
  });
  void kith.start();
  chat(kith);
}

function chat(kith: KithClient): void {
  let open: Timeline | undefined;
  let openId: string | undefined;

  /** A direct conversation is named by the other person. */
  const nameOf = ({ conversation }: ConversationEntry): string => {
    if (!conversation.direct) return conversation.name;
    const mine = kith.me.get()?.user.id;
    const other = conversation.direct.find((id) => id !== mine);
    return other === undefined ? 'Notes' : (kith.users.get(other).get()?.displayName ?? '…');
  };

  /** Ends what the rows that stand there listen to. */
  const drawn: (() => void)[] = [];

  /** Of the other person, where they have one. */
  const face = ({ conversation }: ConversationEntry): HTMLImageElement | string => {
    const mine = kith.me.get()?.user.id;
    const other = conversation.direct?.find((id) => id !== mine);
    const avatar = other === undefined ? undefined : kith.users.get(other).get()?.avatar;
    if (!avatar) return '';
    const address = kith.blobs.image(avatar.blobId);
    const picture = document.createElement('img');
    picture.alt = '';
    const draw = (): void => {
      picture.src = address.get() ?? '';
      picture.hidden = address.get() === undefined;
    };
    drawn.push(address.subscribe(draw));
    draw();
    return picture;
  };

  const drawList = (): void => {
    for (const stop of drawn.splice(0)) stop();
    const rows = kith.conversations.list.get().map((entry) => {
      const row = button(nameOf(entry), async () => show(entry.id));
      row.prepend(face(entry));
      row.ariaCurrent = String(entry.id === openId);
      if (entry.unread > 0) row.dataset['unread'] = String(entry.unread);
      return row;
    });
    at('people').replaceChildren(...rows, button('+ New chat', begin));
  };

  /** Everybody of the tenant one has no chat with yet. */
  const begin = async (): Promise<void> => {
    const { users } = await kith.users.search('');
    const known = new Set(
      kith.conversations.list.get().flatMap(({ conversation }) => conversation.direct ?? []),
    );
    const others = users.filter(({ id }) => id !== kith.me.get()?.user.id && !known.has(id));
    const rows = others.map(({ id, displayName }) =>
      button(displayName, async () => show(await kith.conversations.openDirect(id))),
    );
    at('people').replaceChildren(
      ...rows,
      button('Back', async () => drawList()),
    );
  };

  const drawTimeline = (): void => {
    const view = open?.view.get();
    if (!view || openId === undefined) return;
    const mine = kith.me.get()?.user.id;
    const rows = view.messages.flatMap(({ record, state }) => {
      if (record.body.type !== 'content' || record.body.content.type !== 'plain') return [];
      const row = document.createElement('li');
      row.textContent = record.body.content.text;
      row.className = record.authorId === mine ? 'mine' : '';
      row.dataset['state'] = state;
      return [row];
    });
    const list = at('timeline');
    list.replaceChildren(...rows);
    list.scrollTop = list.scrollHeight;
    const last = view.messages.findLast(({ record }) => record.seq > 0);
    if (last && document.visibilityState === 'visible') kith.conversations.markRead(openId, last.record.seq);
  };

  const show = (id: string): void => {
    open?.dispose();
    openId = id;
    open = kith.timeline(id);
    open.view.subscribe(drawTimeline);
    kith.watch({ conversationIds: [id], userIds: [] });
    drawList();
    drawTimeline();
    const field = at<HTMLInputElement>('text');
    field.disabled = false;
    field.placeholder = 'Write a message';
    field.focus();
  };

  at('composer').onsubmit = (event) => {
    event.preventDefault();
    const field = at<HTMLInputElement>('text');
    if (openId === undefined || field.value.trim() === '') return;
    kith.messages.send(openId, field.value);
    field.value = '';
  };
  kith.conversations.list.subscribe(drawList);
  kith.me.subscribe(drawList);
  drawList();
  at('chat').hidden = false;
}
