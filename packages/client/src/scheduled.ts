/** What is to be done at a time: messages that go later, reminders. */
import type { Attachment, ScheduledMessage } from '@kith/protocol';
import { newId } from '@kith/protocol/ids';
import { asKithError } from './asKithError.ts';
import type { Core } from './core.ts';
import { plain } from './messages.ts';
import type { Reminders, Scheduled } from './types.ts';

/** With pauses in between, some seconds: one who waits for it sees it shown already. */
const ATTEMPTS = 4;

/** Asks again when it may not have arrived; with the same id, so that it is there once. */
async function repeated<T>(core: Core, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask();
    } catch (cause) {
      const error = asKithError(cause);
      if (!error.retryable || attempt + 1 >= ATTEMPTS) throw error;
      await core.pause(attempt, error);
    }
  }
}

export const scheduledOf = (core: Core): Scheduled => ({
  add: async (conversationId, text, at, options = {}) => {
    const { replyTo, attachment, thread, alsoSend, messageId = newId() } = options;
    const message = {
      conversationId,
      content: plain(text, attachment),
      ...(replyTo !== undefined && { replyTo }),
      ...(thread !== undefined && { thread, ...(alsoSend && { alsoSend: true as const }) }),
      at,
    };
    await core.own.during('scheduled', messageId, message, async () => {
      const kept = await repeated(core, () => core.request('scheduleMessage', { messageId, ...message }));
      if (isSame(kept.record.value, message)) return kept;
      // An earlier try had arrived after all: what its author says now counts.
      const { content } = message;
      return repeated(core, () => core.request('updateScheduled', { messageId, content, at }));
    });
    return messageId;
  },
  update: async (messageId, { text, at }) => {
    const { record } = await core.request('updateScheduled', {
      messageId,
      ...(text !== undefined && { content: plain(text, scheduledAttachment(core, messageId)) }),
      ...(at !== undefined && { at }),
    });
    core.own.handleRecord(record);
  },
  cancel: (messageId) =>
    core.own.during('scheduled', messageId, null, () => core.request('cancelScheduled', { messageId })),
  sendNow: async (messageId) =>
    core.own.handleRecord((await core.request('sendScheduledNow', { messageId })).record),
});

export const remindersOf = (core: Core): Reminders => ({
  set: (conversationId, messageId, at) => {
    const seq = core.lookup.peek(conversationId, messageId)?.seq ?? 0;
    return core.own.during(
      'reminder',
      messageId,
      at === null ? null : { conversationId, messageId, seq, at },
      () => core.request('setReminder', { conversationId, messageId, at }),
    );
  },
});

const isSame = (kept: ScheduledMessage | null, wished: ScheduledMessage): boolean =>
  kept !== null && Date.parse(kept.at) === Date.parse(wished.at) && textOf(kept) === textOf(wished);

const textOf = ({ content }: ScheduledMessage): string | undefined =>
  content.type === 'plain' ? content.text : undefined;

function scheduledAttachment(core: Core, messageId: string): Attachment | undefined {
  const content = core.own.peek('scheduled', messageId)?.content;
  return content?.type === 'plain' ? content.attachment : undefined;
}
