/** What must be true once the noise is over: every device shows what the server has, and the server's word is consistent. */
import { type ConversationEntry, type KithClient, limits } from '@kith/client';
import type { Head, MessageRecord } from '@kith/protocol';
import { expect } from 'vitest';
import { loadAll, serverHistory, shared } from '../history.ts';
import type { Ledger } from '../ledger.ts';
import type { Device } from './device.ts';

const THREADS_LOOKED_AT = 3;
const inMainLine = ({ thread }: MessageRecord): boolean => !thread || thread.alsoSent === true;

/** Throws at the first disagreement between a device and the server. */
export async function expectAgreement(device: Device): Promise<void> {
  const { client } = device;
  const state = client.connection.get();
  expect(state.type, `${device.name} is connected`).toBe('live');
  const heads = await serverHeads(client);
  const known = [...heads.keys()].map((id) => client.conversations.get(id).get());
  // A direct conversation that somebody else opened stays out of the list until its first message, or one written here.
  const begun = known.filter(
    (entry) =>
      entry &&
      (entry.conversation.kind !== 'direct' ||
        entry.conversation.createdBy === device.person.userId ||
        entry.lastSeq > 0 ||
        entry.pending),
  );
  const ids = (entries: readonly (ConversationEntry | undefined)[]) =>
    entries.map((entry) => entry?.id).sort();
  expect(ids(client.conversations.list.get()), `${device.name}: S6: its conversations`).toEqual(ids(begun));
  for (const [id, head] of heads) {
    const entry = client.conversations.get(id).get();
    if (!entry) throw new Error(`${device.name}: S6: does not know ${id}`);
    expect(entry.pending?.state === 'pending', `${device.name}: nothing waits to be sent`).toBe(false);
    expectSame(`${device.name}: S6: the head of ${id}`, headOf(entry), head);
    await expectHistory(device, id, head);
  }
  for (const id of heads.keys()) await expectThreads(device, id);
  await expectThreadList(device);
  await expectReceipts(device, [...heads.keys()]);
  const me = await client.request('getMe', {});
  expectSame(`${device.name}: S5: its own settings`, client.me.get()?.settings, me.settings);
}

/** S9: what has come by events since is what a snapshot tells now. */
async function expectReceipts({ name, client }: Device, ids: readonly string[]): Promise<void> {
  // The same as is watched already: the question changes nothing.
  const { receipts } = await client.request('watch', { conversationIds: [...ids], userIds: [] });
  for (const { conversationId, marks } of receipts) {
    const shown = client.receipts.marks(conversationId).get();
    for (const { userId, deliveredSeq, readSeq } of marks) {
      const mark = shown.find((one) => one.userId === userId);
      expectSame(
        `${name}: S9: how far ${userId} has come in ${conversationId}`,
        { deliveredSeq: mark?.deliveredSeq ?? 0, readSeq: mark?.readSeq ?? 0 },
        { deliveredSeq: Math.max(deliveredSeq, readSeq), readSeq },
      );
    }
  }
}

async function expectHistory(device: Device, id: string, head: Head): Promise<void> {
  const { client, person } = device;
  const history = await serverHistory(client, id);
  const visibleFrom = head.membership.visibleAfter + 1;
  const places = history.map(({ seq }) => seq);
  expect(places, `S1: the history of ${id} has no hole`).toEqual(
    places.map((_, index) => visibleFrom + index),
  );
  expect(places.at(-1) ?? head.membership.visibleAfter, 'S1: up to its end').toBe(
    Math.max(head.lastSeq, head.membership.visibleAfter),
  );

  const unread = history.filter(
    (message) =>
      message.seq > head.readSeq &&
      message.authorId !== person.userId &&
      message.body.type === 'content' &&
      inMainLine(message),
  );
  const mentions = unread.filter(
    (message) => message.mentionsAll === true || message.mentions?.includes(person.userId),
  );
  const counts = { unread: head.unread, mentions: head.mentions };
  expect(counts, `${device.name}: S9: exact counts of ${id}`).toEqual({
    unread: Math.min(unread.length, limits.unreadCap + 1),
    mentions: Math.min(mentions.length, limits.unreadCap + 1),
  });

  const timeline = device.timeline(id);
  const shown = await loadAll(timeline);
  // A message that was refused stays until its writer decides.
  const rows = shown.filter((row) => row.state !== 'failed');
  expect(
    rows.map(({ record }) => record),
    `${device.name}: the messages of ${id}`,
  ).toEqual(history.filter(inMainLine));
  expect(timeline.view.get().atEnd, `${device.name}: ${id} is loaded to its end`).toBe(true);
}

/** T1: a thread shows its root and all of its replies. */
async function expectThreads({ name, client }: Device, id: string): Promise<void> {
  const history = await serverHistory(client, id);
  const roots = history.filter(({ replies }) => replies !== undefined).slice(-THREADS_LOOKED_AT);
  for (const root of roots) {
    const thread = client.threads.open(id, root.id);
    try {
      const rows = (await loadAll(thread)).filter((row) => row.state !== 'failed');
      expect(
        rows.map(({ record }) => record),
        `${name}: T1: the thread of ${root.id}`,
      ).toEqual(history.filter((message) => message.id === root.id || message.thread?.rootId === root.id));
    } finally {
      thread.dispose();
    }
  }
}

/** T2: what was counted from events is what the server counts. */
async function expectThreadList({ name, client }: Device): Promise<void> {
  const truth = await client.request('listThreads', {});
  const shown = client.threads.list.get();
  const bare = ({ mark }: (typeof truth.threads)[number]) => ({
    rootId: mark.rootId,
    readSeq: mark.readSeq,
    unread: mark.unread,
    mentions: mark.mentions,
  });
  const first = shown.threads.slice(0, truth.threads.length);
  expectSame(`${name}: T2: its threads`, first.map(bare), truth.threads.map(bare));
  expect(shown.unread, `${name}: T2: unread threads`).toBe(truth.unread);
}

async function serverHeads(client: KithClient): Promise<Map<string, Head>> {
  const heads = new Map<string, Head>();
  let next: string | null = null;
  do {
    const page: { heads: Head[]; next: string | null } = await client.request('sync', {
      ...(next !== null && { next }),
    });
    for (const head of page.heads) heads.set(head.conversation.id, head);
    next = page.next;
  } while (next !== null);
  return heads;
}

/** The head within an entry of the list. */
const headOf = (entry: ConversationEntry): Head => ({
  conversation: entry.conversation,
  membership: entry.membership,
  rev: entry.rev,
  lastSeq: entry.lastSeq,
  readSeq: entry.readSeq,
  unread: entry.unread,
  mentions: entry.mentions,
  preview: entry.preview,
  othersDeliveredSeq: entry.othersDeliveredSeq,
  othersReadSeq: entry.othersReadSeq,
});

/** S7, S8: what was acknowledged is there, once, at its place; asked of somebody who sees all of it. */
export async function expectPromisesKept(
  witness: KithClient,
  conversationId: string,
  ledger: Ledger,
): Promise<void> {
  expect(ledger.contradictions, 'S7: one message, one place').toEqual([]);
  const history = await serverHistory(witness, conversationId);
  const bySeq = new Map<number, MessageRecord>(history.map((message) => [message.seq, message]));
  const visibleFrom = history[0]?.seq ?? Number.POSITIVE_INFINITY;
  expect(new Set(history.map(({ id }) => id)).size, 'every message once').toBe(history.length);
  for (const ack of ledger.acks.values()) {
    if (ack.conversationId !== conversationId || ack.seq < visibleFrom) continue;
    expect(bySeq.get(ack.seq)?.id, `S8: acknowledged at ${ack.seq}`).toBe(ack.messageId);
  }
  for (const [lane, acks] of ledger.inOrder) {
    const places = acks.filter((ack) => ack.conversationId === conversationId).map(({ seq }) => seq);
    expect(places, `${lane}: in the order of their acknowledgement`).toEqual(
      [...places].sort((a, b) => a - b),
    );
  }
}

/** All devices of one moment agree with each other about what all of them see. */
export async function expectSameForAll(devices: readonly Device[], conversationId: string): Promise<void> {
  const views = await Promise.all(
    devices
      .filter(({ client }) => client.conversations.get(conversationId).get() !== undefined)
      .map(async (device) => ({
        device,
        messages: (await loadAll(device.timeline(conversationId)))
          .filter((row) => row.state !== 'failed')
          .map(({ record }) => shared(record)),
      })),
  );
  const [first, ...others] = views;
  for (const { device, messages } of others) {
    const from = Math.max(first?.messages[0]?.seq ?? 0, messages[0]?.seq ?? 0);
    const later = (records: readonly MessageRecord[]) => records.filter(({ seq }) => seq >= from);
    expectSame(
      `${device.name} and ${first?.device.name} agree`,
      later(messages),
      later(first?.messages ?? []),
    );
  }
}

/** Like `toEqual`, but the message itself says where they differ: it is read among those of many seeds. */
function expectSame(what: string, found: unknown, expected: unknown): void {
  const lines = differences('', found, expected);
  if (lines.length > 0) throw new Error(`${what}: ${lines.slice(0, 8).join('; ')}`);
}

function differences(path: string, found: unknown, expected: unknown): string[] {
  if (Object.is(found, expected)) return [];
  if (typeof found !== 'object' || typeof expected !== 'object' || found === null || expected === null) {
    return [`${path} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];
  }
  const keys = new Set([...Object.keys(found), ...Object.keys(expected)]);
  return [...keys].flatMap((key) =>
    differences(
      `${path}.${key}`,
      (found as Record<string, unknown>)[key],
      (expected as Record<string, unknown>)[key],
    ),
  );
}
