/** What is done with conversations and their members; their lists, and the listings of one. */
import type { ConversationChange, Output } from '@kith/protocol';
import { newId } from '@kith/protocol/ids';
import type { Core } from './core.ts';
import { MemberListing } from './members.ts';
import { PinListing } from './pins.ts';
import { preferencesOf } from './preferences.ts';
import type { Conversations } from './types.ts';

export function conversationsOf(core: Core): Conversations {
  const { request, sync, store, list } = core;
  const entered = ({ head, users }: Output<'openDirect'>): string => {
    sync.handleHead(head, users);
    return head.conversation.id;
  };
  /** The reply's records are shown at once; the events they come with follow. */
  const changed = (id: string, ...records: Output<'addMembers'>['members']) => {
    store.events.emit('records', id, records);
    sync.expect(id, Math.max(0, ...records.map((record) => record.rev)));
  };
  return {
    list: list.list,
    archive: list.archive,
    requests: list.requests,
    totals: list.totals,
    status: core.status,
    get: (id) => list.get(id),
    openDirect: async (userId) => entered(await request('openDirect', { conversationId: newId(), userId })),
    create: async (conversation) => {
      const conversationId = newId();
      return entered(
        await request(
          'createConversation',
          conversation.kind === 'group'
            ? { ...conversation, conversationId, userIds: [...conversation.userIds] }
            : { ...conversation, conversationId, userIds: [...(conversation.userIds ?? [])] },
        ),
      );
    },
    update: async (conversationId, change) => {
      const { conversation } = await request('updateConversation', { conversationId, ...change });
      sync.expect(conversationId, conversation.rev);
    },
    join: async (conversationId) => void entered(await request('joinChannel', { conversationId })),
    leave: async (conversationId) => {
      store.handleLeft((await request('leaveConversation', { conversationId })).membership);
    },
    addMembers: async (conversationId, userIds) => {
      const { members } = await request('addMembers', { conversationId, userIds: [...userIds] });
      changed(conversationId, ...members);
    },
    removeMember: async (conversationId, userId) => {
      changed(conversationId, (await request('removeMember', { conversationId, userId })).membership);
    },
    setRole: async (conversationId, userId, role) => {
      changed(conversationId, (await request('setMemberRole', { conversationId, userId, role })).membership);
    },
    transferOwnership: async (conversationId, userId) => {
      changed(conversationId, ...(await request('transferOwnership', { conversationId, userId })).members);
    },
    markRead: (id, seq) => core.receipts.markRead(id, seq),
    ...preferencesOf(core),
    members: (id) =>
      new MemberListing(id, {
        scheduler: core.scheduler,
        request,
        handleUsers: (users) => core.handleUsers(users),
        user: (userId) => core.users.peek(userId),
        listen: (conversationId, hear) => hearRecords(core, conversationId, hear),
      }),
    pins: (id) =>
      new PinListing(id, {
        scheduler: core.scheduler,
        request,
        connection: core.connection.state,
        handleUsers: (users) => core.handleUsers(users),
        gone: (record) => core.store.gone(record),
        listen: (conversationId, hear) => hearRecords(core, conversationId, hear),
        hidden: (conversationId, hear) =>
          core.store.events.on('hidden', (changedId) => {
            if (changedId === conversationId) hear();
          }),
      }),
  };
}

const hearRecords = (
  { store }: Core,
  conversationId: string,
  hear: (records: readonly ConversationChange[]) => void,
): (() => void) =>
  store.events.on('records', (changedId, records) => {
    if (changedId === conversationId) hear(records);
  });
