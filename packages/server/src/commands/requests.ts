/** What strangers write first (A25): who is one, what they may say until they are accepted, and what accepting tells. */
import { type Content, firstLink, KithError, limits, type OwnRecordOf } from '@kith/protocol';
import type { HeldConversation } from '../log/change.ts';
import { judgeTenant } from '../policy/policy.ts';
import type { Caller, Services } from '../services.ts';
import { type AcceptedRequest, sentTexts } from '../store/requests.ts';
import { type Somebody, tenantRole } from '../store/users.ts';

/** Whether what this person first writes to the other is a request. Never of whoever looks after the place. */
export async function isStranger(services: Services, caller: Caller, other: string): Promise<boolean> {
  const { tenantId, userId } = caller;
  if (other === userId || !(await services.newcomers.strangersHere(tenantId))) return false;
  if (judgeTenant(await tenantRole(services.database.db, tenantId, userId)) === 'allowed') return false;
  return (await services.privacy.strangers(tenantId, userId, [other])).length > 0;
}

export interface Said {
  readonly content: Content;
  /** Of one that is edited. */
  readonly messageId?: string;
  /** It is more than its content: has files, is in a thread, was forwarded. */
  readonly other?: boolean;
}

/** Throws unless a stranger may say so in a request: some messages of mere text, and links in hardly any. */
export async function demandModest(
  held: HeldConversation,
  userId: string,
  { content, messageId, other = false }: Said,
): Promise<void> {
  if (other || content.type !== 'plain' || content.attachment)
    throw refused('Until they accept your request you can send them text only.');
  const before = (await sentTexts(held.trx, held.row, userId)).filter(({ id }) => id !== messageId);
  if (messageId === undefined && before.length >= limits.requestMessages)
    throw refused(`Until they accept your request you can send them ${limits.requestMessages} messages.`);
  const links = before.filter(({ text }) => firstLink(text) !== undefined).length;
  if (firstLink(content.text) !== undefined && links >= limits.requestLinks)
    throw refused('Until they accept your request you can send them one message with links.');
}

const refused = (message: string): KithError =>
  new KithError('forbidden', {
    message,
    fields: [{ path: 'conversationId', message, reason: 'request' }],
  });

/** To the devices of whoever was written to. */
export function tellRequest(
  { announcer }: Pick<Services, 'announcer'>,
  tenantId: number,
  userId: string,
  record: OwnRecordOf<'request'>,
): void {
  announcer.toUser(tenantId, userId, { type: 'user', rev: record.rev, records: [record] });
}

/** After the commit: to the nodes, to the devices of whoever accepted, and to whom wrote, how far it was read. */
export function tellAccepted(
  services: Services,
  { tenantId, userId }: Somebody,
  conversationId: string,
  { record, changed, marks }: AcceptedRequest,
): void {
  if (!changed) return;
  services.announcer.factsChanged(tenantId, conversationId);
  tellRequest(services, tenantId, userId, record);
  services.announcer.receipts(tenantId, conversationId, marks);
}
