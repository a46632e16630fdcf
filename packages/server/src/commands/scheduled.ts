/** Messages that are sent later: what the commands and the work at their time have in common. */
import { isDeepStrictEqual } from 'node:util';
import { idsOf, KithError, limits, type OwnRecordOf, type ScheduledMessage } from '@kith/protocol';
import { hasFiles, takeFiles } from '../media/use.ts';
import { demand, judge } from '../policy/policy.ts';
import type { Services } from '../services.ts';
import {
  claimOne,
  type DueRow,
  dropClaimed,
  isClaimed,
  LEASE_MS,
  releaseClaim,
  setDue,
} from '../store/due.ts';
import { letUnsentFilesGo, useFiles } from '../store/files.ts';
import { sentMessage } from '../store/messages.ts';
import { type OwnTransaction, ownValue } from '../store/own.ts';
import type { Somebody } from '../store/users.ts';
import { allowedMentions } from './mentions.ts';
import { changeOwnRecord } from './own.ts';
import { sendHeld } from './sendHeld.ts';
import { threadAccess } from './threadAccess.ts';

/** Throws when the time is none to do something at. */
export function demandAhead(at: string): void {
  const ahead = Date.parse(at) - Date.now();
  if (ahead > 0 && ahead <= limits.aheadMs) return;
  const message = ahead > 0 ? 'must lie within a year' : 'must lie ahead';
  throw new KithError('bad_input', {
    message: ahead > 0 ? 'This time is too far ahead.' : 'This time has passed.',
    fields: [{ path: 'at', message }],
  });
}

/** Throws unless this person may say this there, as of now. Returns what the log wants to know besides. */
export async function demandMaySend(
  services: Services,
  { tenantId, userId }: Somebody,
  { conversationId, content, thread }: Pick<ScheduledMessage, 'conversationId' | 'content' | 'thread'>,
) {
  const membership = await services.memberships.get(tenantId, conversationId, userId);
  demand(judge('send', membership));
  if (thread !== undefined)
    await threadAccess(services, { tenantId, userId }, { conversationId, rootId: thread });
  return {
    mentions: allowedMentions(membership, content),
    visibleAfter: membership?.member?.visibleAfter ?? 0,
    isRequest: membership?.member?.request !== undefined,
  };
}

/** Keeps it, with its time; null: there is none any more. Throws while it is being sent: then it is too late. */
export const changeScheduled = (
  services: Services,
  who: Somebody,
  messageId: string,
  change: Change,
): Promise<OwnRecordOf<'scheduled'>> =>
  putScheduled(services, who, messageId, change, async (trx) => {
    if (await isClaimed(trx, dueRow(who, messageId), Date.now()))
      throw new KithError('conflict', { message: 'This message is being sent right now.' });
  });

/** The same for whoever has claimed it. */
export const endSending = (
  services: Services,
  who: Somebody,
  messageId: string,
  change: Change,
): Promise<OwnRecordOf<'scheduled'>> => putScheduled(services, who, messageId, change);

type Change = (before: ScheduledMessage | null) => ScheduledMessage | null;

const dueRow = ({ tenantId, userId }: Somebody, id: string): DueRow => ({
  tenantId,
  userId,
  kind: 'scheduled',
  id,
});

const putScheduled = (
  services: Services,
  who: Somebody,
  messageId: string,
  change: Change,
  demandFree?: (trx: OwnTransaction) => Promise<void>,
): Promise<OwnRecordOf<'scheduled'>> => {
  let before: ScheduledMessage | null = null;
  const remembering: Change = (value) => {
    before = value;
    return change(value);
  };
  return changeOwnRecord(services, who, 'scheduled', messageId, remembering, async (trx, { value }) => {
    await demandFree?.(trx);
    const at = value && !value.failed ? new Date(value.at) : null;
    await setDue(trx, dueRow(who, messageId), at);
    await keepFiles(services, trx, who, messageId, before, value);
    if (at) services.dueWork.plan(at.getTime());
  });
};

/** Its files wait with it, under the id it will have; those it has no more, or that was taken back, are let go. */
async function keepFiles(
  { files }: Services,
  trx: OwnTransaction,
  who: Somebody,
  messageId: string,
  before: ScheduledMessage | null,
  now: ScheduledMessage | null,
): Promise<void> {
  const { tenantId } = who;
  if (now && !before) {
    // An id that is a message already: planned again after it went (S7), or somebody else's.
    const sent = await sentMessage(trx, tenantId, now.conversationId, messageId);
    if (sent?.authorId === who.userId) return;
    if (sent) throw new KithError('conflict', { message: 'This message id is taken.' });
  }
  const [former, present] = [filesIn(before), filesIn(now)];
  if (isDeepStrictEqual(former, present)) return;
  if (before && former.length > 0) await letUnsentFilesGo(trx, tenantId, before.conversationId, messageId);
  if (now && present.length > 0) {
    const { conversationId } = now;
    const { uses } = await takeFiles(files, trx, who, conversationId, now.content);
    await useFiles(trx, { tenantId, conversationId, messageId }, uses, null);
  }
}

const filesIn = (message: ScheduledMessage | null): readonly string[] => {
  const content = message?.content.type === 'plain' ? message.content : undefined;
  return content?.attachment?.type === 'files' ? idsOf(content.attachment.files) : [];
};

/** Sends it before its time. */
export async function deliverNow(
  services: Services,
  who: Somebody,
  messageId: string,
): Promise<OwnRecordOf<'scheduled'>> {
  const { db } = services.database;
  const known = await ownValue(db, who, 'scheduled', messageId);
  if (!known) throw new KithError('not_found');
  const row = dueRow(who, messageId);
  if (!(await claimOne(db, row, Date.now(), LEASE_MS)))
    throw new KithError('unavailable', { message: 'This message is being sent already.', retryAfterMs: 500 });
  try {
    return await deliver(services, who, messageId);
  } catch (error) {
    // One that has failed, or was taken back before it was claimed, has no time of its own.
    const value = await ownValue(db, who, 'scheduled', messageId);
    await (value && !value.failed ? releaseClaim(db, row) : dropClaimed(db, row));
    throw error;
  }
}

/**
 * Sends what the caller has claimed, under its own id, so that a second time finds the first (S7), and takes it off the list:
 * nobody changes it meanwhile. Throws as sending does.
 */
export async function deliver(
  services: Services,
  who: Somebody,
  messageId: string,
): Promise<OwnRecordOf<'scheduled'>> {
  const value = await ownValue(services.database.db, who, 'scheduled', messageId);
  if (!value) throw new KithError('not_found');
  const { conversationId, content, replyTo, thread, alsoSend } = value;
  const { tenantId } = who;
  const { isRequest, ...allowed } = await demandMaySend(services, who, value);
  // Of the tenant's messages of the day it is one now, and not when it was written.
  await services.tenants.admit(tenantId, 'sendMessage', { content, thread });
  if (isRequest || thread !== undefined || hasFiles(content))
    await sendHeld(services, who, { conversationId, messageId, content, replyTo, thread, alsoSend });
  else
    await services.messageLog.append({
      tenantId,
      conversationId,
      messageId,
      authorId: who.userId,
      content,
      replyTo,
      ...allowed,
    });
  services.previews.offer({ ...who, conversationId, messageId, content });
  return endSending(services, who, messageId, () => null);
}
