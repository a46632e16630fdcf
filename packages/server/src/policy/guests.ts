/**
 * What a guest may do: one row for every command, so that a new one does not compile before somebody has thought of guests.
 * Within what is allowed here they are members like others: what they may in a conversation follows from their role there.
 */
import { type CommandName, type Content, findMentions, KithError, type ParsedInput } from '@kith/protocol';

/** `names`: allowed, and these people must share a conversation with the guest. */
type Row<N extends CommandName> =
  | 'may'
  | 'may_not'
  | { readonly names: (input: ParsedInput<N>) => readonly string[] };

const person = { names: ({ userId }: { readonly userId: string }) => [userId] };

/** Whom a text or a card names would come back with their names. */
function namedIn(content: Content | undefined): readonly string[] {
  if (content?.type !== 'plain') return [];
  const { attachment } = content;
  const card = attachment?.type === 'contact' ? attachment.userId : undefined;
  return [...findMentions(content.text).userIds, ...(card === undefined ? [] : [card])];
}
const said = { names: (input: { readonly content?: Content | undefined }) => namedIn(input.content) };

export const guestRules: { readonly [N in CommandName]: Row<N> } = {
  sync: 'may',
  getHeads: 'may',
  changes: 'may',
  catchUp: 'may',
  openDirect: person,
  createConversation: 'may_not',
  updateConversation: 'may',
  listChannels: 'may_not',
  listCommon: person,
  joinChannel: 'may_not',
  leaveConversation: 'may',
  listMembers: 'may',
  addMembers: 'may_not',
  removeMember: 'may_not',
  setMemberRole: 'may_not',
  transferOwnership: 'may_not',
  sendMessage: said,
  editMessage: said,
  deleteMessage: 'may',
  addReaction: 'may',
  removeReaction: 'may',
  getHistory: 'may',
  getMessages: 'may',
  getMessageEdits: 'may',
  getReactions: 'may',
  votePoll: 'may',
  closePoll: 'may',
  getPollVotes: 'may',
  pinMessage: 'may',
  unpinMessage: 'may',
  listPins: 'may',
  markRead: 'may',
  markDelivered: 'may',
  getReceipts: 'may',
  typing: 'may',
  // Whom they may not know of is passed over there, as in getUsers and searchUsers.
  watch: 'may',
  setActivity: 'may',
  searchMessages: 'may',
  getMentions: 'may',
  findDate: 'may',
  listThreads: 'may',
  getThread: 'may',
  followThread: 'may',
  markThreadRead: 'may',
  getMe: 'may',
  updateProfile: 'may',
  updateSettings: 'may',
  listSessions: 'may',
  revokeSession: 'may',
  revokeOtherSessions: 'may',
  getUsers: 'may',
  searchUsers: 'may',
  refreshToken: 'may_not',
  // The session is their only way in: any other would outlive what they were let in for.
  // They have an end already, and nothing to show who they are by.
  deleteAccount: 'may_not',
  keepAccount: 'may_not',
  getAccount: 'may',
  confirmIdentity: 'may_not',
  changePassword: 'may_not',
  changeEmail: 'may_not',
  confirmEmail: 'may_not',
  listSecurityEvents: 'may_not',
  listLinks: 'may_not',
  beginLink: 'may_not',
  unlink: 'may_not',
  getPhone: 'may_not',
  changePhone: 'may_not',
  confirmPhone: 'may_not',
  removePhone: 'may_not',
  getFactors: 'may_not',
  beginTotp: 'may_not',
  confirmTotp: 'may_not',
  removeTotp: 'may_not',
  renewRecoveryCodes: 'may_not',
  beginPasskey: 'may_not',
  addPasskey: 'may_not',
  renamePasskey: 'may_not',
  removePasskey: 'may_not',
  beginPasskeyConfirm: 'may_not',
  getTenantSecurity: 'may_not',
  updateTenantSecurity: 'may_not',
  getJoinPolicy: 'may_not',
  updateJoinPolicy: 'may_not',
  createInvite: 'may_not',
  listInvites: 'may_not',
  revokeInvite: 'may_not',
  // Somebody has given them the link: they stay a guest, and as long as before.
  acceptInvite: 'may',
  listGuests: 'may_not',
  updateGuest: 'may_not',
  endGuest: 'may_not',
  listEmoji: 'may',
  addEmoji: 'may_not',
  removeEmoji: 'may_not',
  listStickerPacks: 'may',
  getStickerPack: 'may',
  createStickerPack: 'may_not',
  addSticker: 'may_not',
  removeSticker: 'may_not',
  installStickerPack: 'may',
  uninstallStickerPack: 'may',
  searchGifs: 'may',
  getUploads: 'may',
  getUploadLimits: 'may',
  linkFile: 'may',
  getTranscoding: 'may',
  listShared: 'may',
  getMyChanges: 'may',
  setPreference: 'may',
  setBlocked: person,
  acceptRequest: 'may',
  declineRequest: 'may',
  setFolder: 'may',
  hideMessages: 'may',
  saveDraft: 'may',
  scheduleMessage: said,
  updateScheduled: said,
  cancelScheduled: 'may',
  sendScheduledNow: 'may',
  setReminder: 'may',
  report: { names: ({ about }) => (about.type === 'person' ? [about.userId] : []) },
  listReports: 'may_not',
  getTenant: 'may_not',
  updateTenant: 'may_not',
  createTenantKey: 'may_not',
  rotateTenantKey: 'may_not',
  revokeTenantKey: 'may_not',
  listTenantPeople: 'may_not',
  setTenantRole: 'may_not',
  transferTenant: 'may_not',
  resetFactors: 'may_not',
  suspendAccount: 'may_not',
  restoreAccount: 'may_not',
};

/** Whom the command names, who must be in the guest's reach. @throws KithError forbidden. */
export function demandGuest<N extends CommandName>(name: N, input: ParsedInput<N>): readonly string[] {
  const row: Row<N> = guestRules[name];
  if (row === 'may_not') throw guestsMayNot();
  return row === 'may' ? [] : row.names(input);
}

export const guestsMayNot = (): KithError =>
  new KithError('forbidden', { message: 'Guests may not do this. Ask whoever has invited you.' });
