/** What is done with messages: sent by the outbox, changed under an overlay until the server answers. */
import type { Attachment, Content, MessageRecord, Output, PlainContent } from '@kith/protocol';
import { isBlank } from '@kith/protocol/blank';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import type { Core } from './core.ts';
import { outgoing } from './files.ts';
import type { Overlay } from './overlays.ts';
import type { Messages } from './types.ts';

export function messagesOf(core: Core): Messages {
  const { request, store, overlays, outbox, sync } = core;
  const change = async (
    target: { conversationId: string; messageId: string },
    overlay: Overlay,
    ask: () => Promise<Output<'editMessage'>>,
  ): Promise<void> => {
    await overlays.during(target, overlay, async () => {
      const { message } = await ask();
      store.handleMessage(message);
      sync.expect(message.conversationId, message.rev);
    });
  };
  const now = () => new Date(core.clock.now()).toISOString();
  return {
    send: (conversationId, text, { replyTo, thread, alsoSend, attachment, files = [], noPreview } = {}) => {
      const carried = files.length > 0 ? outgoing(files) : undefined;
      const content: Content = {
        ...plain(text, carried?.attachment ?? attachment),
        ...(noPreview && { noPreview: true as const }),
      };
      const quoted = replyTo === undefined ? undefined : core.lookup.peek(conversationId, replyTo);
      const place = {
        ...(replyTo !== undefined && { replyTo: { messageId: replyTo, seq: quoted?.seq ?? 0 } }),
        ...(thread !== undefined && { thread: threadOf(core, conversationId, thread, alsoSend) }),
      };
      return outbox.send(conversationId, content, place, carried?.uploads).id;
    },
    forward: (conversationId, source) => {
      const { body, authorId, createdAt, forwarded } = source;
      if (body.type !== 'content')
        throw new KithError('conflict', { message: 'This message cannot be forwarded.' });
      return outbox.send(conversationId, body.content, {
        forward: {
          source: { conversationId: source.conversationId, messageId: source.id },
          origin: forwarded ?? { authorId, createdAt },
        },
      }).id;
    },
    retry: (id) => outbox.retry(id),
    discard: (id) => outbox.discard(id),
    letPass: (conversationId) => outbox.letPass(conversationId),
    edit: async (conversationId, messageId, text) => {
      const target = { conversationId, messageId };
      const content = plain(text, attachmentOf(core.lookup.peek(conversationId, messageId)));
      await change(target, { type: 'edit', text, at: now() }, () =>
        request('editMessage', { ...target, content }),
      );
    },
    remove: async (conversationId, messageId) => {
      const target = { conversationId, messageId };
      await change(target, { type: 'delete', at: now() }, () => request('deleteMessage', target));
    },
    setHidden: async (conversationId, seqs, hidden) => {
      const places = seqs.filter((seq) => seq > 0);
      try {
        await core.wishes.set('hidden', conversationId, {
          hide: hidden ? places : [],
          show: hidden ? [] : places,
        });
      } catch (error) {
        // What was counted without them is to be counted with them again.
        sync.needHead(conversationId);
        throw error;
      }
    },
    unsentIn: () => [
      ...new Set(
        outbox.all().flatMap(({ type, entry }) => (type === 'acknowledged' ? [] : entry.conversationId)),
      ),
    ],
    search: async (input, options) => {
      const found = await request('searchMessages', input, options);
      core.handleUsers(found.users);
      core.lookup.handleQuoted(found.hits.map(({ message }) => message));
      return found;
    },
    shared: async (input, options) => {
      const page = await request('listShared', input, options);
      core.handleUsers(page.users);
      core.lookup.handleQuoted(page.messages);
      return page;
    },
    react: async (conversationId, messageId, emoji, on) => {
      const target = { conversationId, messageId };
      await change(target, { type: 'react', emoji, on }, () =>
        request(on ? 'addReaction' : 'removeReaction', { ...target, emoji }),
      );
    },
    vote: async (conversationId, messageId, options) => {
      const target = { conversationId, messageId };
      await change(target, { type: 'vote', options }, () =>
        request('votePoll', { ...target, options: [...options] }),
      );
    },
    closePoll: async (conversationId, messageId) => {
      const target = { conversationId, messageId };
      await change(target, { type: 'closePoll', at: now() }, () => request('closePoll', target));
    },
    pin: async (conversationId, messageId, on) => {
      const target = { conversationId, messageId };
      await change(target, { type: 'pin', on, at: now() }, () =>
        request(on ? 'pinMessage' : 'unpinMessage', target),
      );
    },
    get: (conversationId, messageId) => core.lookup.get(conversationId, messageId),
  };
}

/** Of a root, or of a reply in its thread. */
function threadOf(core: Core, conversationId: string, id: string, alsoSend = false): MessageRecord['thread'] {
  const known = core.lookup.peek(conversationId, id);
  return {
    rootId: known?.thread?.rootId ?? id,
    rootSeq: known?.thread?.rootSeq ?? known?.seq ?? 0,
    ...(alsoSend && { alsoSent: true as const }),
  };
}

const attachmentOf = (record: MessageRecord | undefined): Attachment | undefined =>
  record?.body.type === 'content' && record.body.content.type === 'plain'
    ? record.body.content.attachment
    : undefined;

/** Refuses here what the server would refuse: an outbox must not hold what can never be sent. */
export function plain(text: string, attachment?: Attachment): PlainContent {
  // Neither JSON nor the database can carry these; they come from broken pastes.
  const clean = text.toWellFormed().replaceAll('\0', '');
  if (!attachment && isBlank(clean))
    throw new KithError('bad_input', { message: 'There is nothing to send.' });
  if (clean.length > limits.textLength)
    throw new KithError('too_large', { message: 'The message is too long.' });
  return { type: 'plain', text: clean, ...(attachment && { attachment }) };
}
