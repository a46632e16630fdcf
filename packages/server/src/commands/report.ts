import { KithError, limits, type MessageRecord, type ParsedInput, type Report } from '@kith/protocol';
import type { Caller, Handler, Services } from '../services.ts';
import { conversationRow } from '../store/conversations.ts';
import type { Db } from '../store/database.ts';
import { recordsByIds } from '../store/messages.ts';
import { toConversation } from '../store/records.ts';
import { countReports, insertReport, reporterOf } from '../store/reports.ts';
import { peopleOf, usersByIds } from '../store/users.ts';
import { readAccess } from './access.ts';

export const report: Handler<'report'> = async (services, caller, input) => {
  const { db } = services.database;
  // S7: said again it changes nothing, also when what was seen is gone meanwhile.
  if (await isReported(db, caller, input.reportId)) return {};
  const seen = await seenBy(services, caller, input.about);
  if ((await countReports(db, caller, input.reportId)) >= limits.reportsPerDay) {
    throw new KithError('limit_reached', { message: 'You have reported much today. Go on tomorrow.' });
  }
  // Taken between: by this person's repetition, or by somebody else.
  if (!(await insertReport(db, caller, input, seen))) await isReported(db, caller, input.reportId);
  return {};
};

async function isReported(db: Db, { tenantId, userId }: Caller, reportId: string): Promise<boolean> {
  const by = await reporterOf(db, tenantId, reportId);
  if (by !== null && by !== userId) throw new KithError('conflict', { message: 'This report id is taken.' });
  return by !== null;
}

/** As much of each as they may keep together. */
function cutText(messages: readonly MessageRecord[]): MessageRecord[] {
  const most = Math.floor(limits.reportText / messages.length);
  return messages.map((message) => {
    const { body } = message;
    if (body.type !== 'content') return message;
    const { content } = body;
    if (content.type === 'plain') {
      if (content.text.length <= most) return message;
      const text = `${content.text.slice(0, most).toWellFormed()} …`;
      return { ...message, body: { ...body, content: { ...content, text } } };
    }
    // In whole bytes, four letters to three.
    const bytes = content.bytes.slice(0, most - (most % 4));
    return { ...message, body: { ...body, content: { ...content, bytes } } };
  });
}

/** What the reporter sees now, copied. */
async function seenBy(
  services: Services,
  caller: Caller,
  about: ParsedInput<'report'>['about'],
): Promise<Report['seen']> {
  const { db } = services.database;
  const { tenantId } = caller;
  if (about.type === 'person') {
    const users = await usersByIds(db, tenantId, [about.userId]);
    if (users.length === 0) throw new KithError('not_found', { message: 'There is no such person.' });
    return { users };
  }
  const { view } = await readAccess(services, caller, about.conversationId);
  const row = await conversationRow(db, tenantId, about.conversationId);
  if (!row) throw new KithError('not_found');
  const conversation = toConversation(row);
  if (about.type === 'conversation') {
    return { conversation, users: await usersByIds(db, tenantId, [conversation.createdBy]) };
  }
  // Without the reporter's own votes: a poll may be anonymous.
  const records = await recordsByIds(db, view, about.messageIds);
  if (records.length === 0) throw new KithError('not_found');
  const messages = cutText(records);
  return { conversation, messages, users: await usersByIds(db, tenantId, peopleOf(messages)) };
}
