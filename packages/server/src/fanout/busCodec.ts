/**
 * Bus messages as bytes: a line of JSON, and behind it the frame as it is, since a frame is JSON already and would be
 * escaped and read a second time. Nodes of two versions meet during an upgrade, so what is not understood is passed over.
 */
import type { BusMessage } from './bus.ts';

const TYPES: { readonly [T in BusMessage['type']]: true } = {
  records: true,
  behind: true,
  membership: true,
  toUser: true,
  receipts: true,
  ephemeral: true,
  invalidate: true,
  renamed: true,
  privacy: true,
  emoji_changed: true,
  upload_wanted: true,
  tenants_changed: true,
  gap: true,
  sessions_revoked: true,
  identities_changed: true,
  presence_setting: true,
  node_alive: true,
  node_leaving: true,
  people: true,
  people_wanted: true,
};

const FRAME_BEGINS = '\n';

export function encodeBusMessage(message: BusMessage): string {
  if (!('frame' in message)) return JSON.stringify(message);
  const { frame, ...rest } = message;
  return `${JSON.stringify(rest)}${FRAME_BEGINS}${frame}`;
}

/** Null for a type that this version does not know. Throws a SyntaxError for what is no message at all. */
export function decodeBusMessage(text: string): BusMessage | null {
  const end = text.indexOf(FRAME_BEGINS);
  const head: unknown = JSON.parse(end === -1 ? text : text.slice(0, end));
  if (typeof head !== 'object' || head === null || !('type' in head)) throw new SyntaxError('not a message');
  if (!Object.hasOwn(TYPES, String(head.type))) return null;
  return (end === -1 ? head : { ...head, frame: text.slice(end + 1) }) as BusMessage;
}
