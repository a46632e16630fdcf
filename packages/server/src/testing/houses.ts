/** For attacks: people who have one of everything that has an id, so that others can try to get at it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandName, type Input, KithError, newId, type Output } from '@kith/protocol';
import { sql } from 'kysely';
import { dispatch } from '../commands/dispatch.ts';
import { Encoded } from '../encoded.ts';
import type { Caller, Services } from '../services.ts';
import { pngOf } from './images.ts';

/** Everything that somebody has, by its id. */
export interface House {
  readonly caller: Caller;
  readonly userId: string;
  readonly sessionId: string;
  /** None that is: real ones are tried in accounts/factors/factors.test.ts. */
  readonly passkeyId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly replyId: string;
  readonly pollId: string;
  readonly fileMessageId: string;
  readonly fileId: string;
  /** Uploaded, not sent yet; and begun only. */
  readonly uploadId: string;
  readonly begunId: string;
  /** Of no use yet. */
  readonly blobId: string;
  readonly stickerBlobId: string;
  readonly packId: string;
  readonly stickerId: string;
  readonly scheduledId: string;
  readonly folderId: string;
  /** Leads into the conversation. */
  readonly inviteId: string;
  readonly inviteToken: string;
  /** Stands in all that it says. */
  readonly word: string;
}

/** So often it is asked whether a file has been looked at: half a minute. */
const LOOKS = 1_500;
let painted = 0;

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export async function callAs<N extends CommandName>(
  services: Services,
  caller: Caller,
  name: N,
  input: Input<N>,
): Promise<Output<N>> {
  const answer: unknown = await dispatch(services, caller, name, input);
  return (answer instanceof Encoded ? answer.decode() : answer) as Output<N>;
}

/** `guests` are in its conversation. */
export async function buildHouse(
  services: Services,
  caller: Caller,
  word: string,
  guests: readonly string[] = [],
): Promise<House> {
  const call = <N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> =>
    callAs(services, caller, name, input);
  const { conversationId, messageId, replyId, pollId, fileMessageId, packId, stickerId } = ids();
  const plain = (text: string) => ({ type: 'plain' as const, text });
  const upload = async (): Promise<string> => {
    const id = newId();
    const bytes = Buffer.from(`bytes of ${word}`);
    await services.files.begin(caller, { id, size: bytes.length, opaque: false, mime: 'text/plain' });
    await services.files.append(caller, id, 0, once(bytes));
    await services.files.complete(caller, id);
    for (let at = 0; at < LOOKS; at += 1) {
      const { uploads } = await call('getUploads', { fileIds: [id] });
      if (uploads[0]?.state === 'ready') return id;
      await sleep(20);
    }
    throw new Error('It was looked at for too long.');
  };
  const blob = async (purpose: 'avatar' | 'sticker'): Promise<string> => {
    painted += 1;
    return (await services.blobs.upload(caller, purpose, pngOf(96, 96, painted))).id;
  };

  await call('createConversation', {
    kind: 'group',
    conversationId,
    name: `Group ${word}`,
    userIds: [...guests],
    history: 'all',
  });
  await call('sendMessage', { conversationId, messageId, content: plain(`words ${word}`) });
  await call('sendMessage', {
    conversationId,
    messageId: replyId,
    content: plain(`reply ${word}`),
    thread: messageId,
  });
  await call('addReaction', { conversationId, messageId, emoji: '👍' });
  await call('editMessage', { conversationId, messageId, content: plain(`other words ${word}`) });
  await call('pinMessage', { conversationId, messageId });
  const poll = { question: `Where ${word}?`, options: ['Here', `There ${word}`] };
  await call('sendMessage', {
    conversationId,
    messageId: pollId,
    content: { ...plain(''), attachment: { type: 'poll', ...poll, multiple: false, anonymous: false } },
  });
  await call('votePoll', { conversationId, messageId: pollId, options: [0] });
  const fileId = await upload();
  const file = { fileId, kind: 'file', name: `${word}.txt`, mime: 'text/plain', size: 1 } as const;
  await call('sendMessage', {
    conversationId,
    messageId: fileMessageId,
    content: { ...plain(''), attachment: { type: 'files', files: [file] } },
  });
  const uploadId = await upload();
  const begunId = newId();
  await services.files.begin(caller, { id: begunId, size: 10, opaque: true, mime: undefined });
  await call('createStickerPack', { packId, name: `Pack ${word}` });
  const shown = await blob('sticker');
  await call('addSticker', { packId, stickerId, blobId: shown, emoji: '🦊', alt: `Fox ${word}` });
  const scheduledId = newId();
  await call('scheduleMessage', {
    conversationId,
    messageId: scheduledId,
    content: plain(`later ${word}`),
    at: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const folderId = newId();
  await call('setFolder', { folderId, name: word.slice(0, 20), included: [conversationId] });
  await call('saveDraft', { conversationId, text: `draft ${word}`, at: new Date().toISOString() });
  await call('setReminder', {
    conversationId,
    messageId,
    at: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const inviteId = newId();
  const invited = call('createInvite', {
    inviteId,
    conversationIds: [conversationId],
    note: `Note ${word}`,
  }).then(({ invite }) => invite.token ?? '');
  // Of a tenant that nobody is invited to: as if there were one all the same.
  const inviteToken = await invited.catch(async (error: unknown) => {
    if (!(error instanceof KithError && error.code === 'forbidden')) throw error;
    await sql`insert into invites (tenant_id, id, made_by, conversation_ids, note, created_at)
      values (${caller.tenantId}, ${inviteId}, ${caller.userId}, array[${conversationId}::uuid], ${`Note ${word}`}, now())`.execute(
      services.database.db,
    );
    return `${inviteId}.${Buffer.alloc(16, 7).toString('base64url')}`;
  });

  return {
    caller,
    userId: caller.userId,
    sessionId: caller.sessionId,
    passkeyId: newId(),
    conversationId,
    messageId,
    replyId,
    pollId,
    fileMessageId,
    fileId,
    uploadId,
    begunId,
    blobId: await blob('avatar'),
    stickerBlobId: shown,
    packId,
    stickerId,
    scheduledId,
    folderId,
    inviteId,
    inviteToken,
    word,
  };
}

const ids = () => ({
  conversationId: newId(),
  messageId: newId(),
  replyId: newId(),
  pollId: newId(),
  fileMessageId: newId(),
  packId: newId(),
  stickerId: newId(),
});
