/** Every command and who does it: a command without a handler does not compile. */
import type { Handlers } from '../services.ts';
import { addMembers } from './addMembers.ts';
import { addReaction } from './addReaction.ts';
import { catchUp } from './catchUp.ts';
import { changes } from './changes.ts';
import { createConversation } from './createConversation.ts';
import { deleteMessage } from './deleteMessage.ts';
import { editMessage } from './editMessage.ts';
import { getHeads } from './getHeads.ts';
import { getHistory } from './getHistory.ts';
import { getMe } from './getMe.ts';
import { getMessageEdits } from './getMessageEdits.ts';
import { getMessages } from './getMessages.ts';
import { getMyChanges } from './getMyChanges.ts';
import { getReactions } from './getReactions.ts';
import { getReceipts } from './getReceipts.ts';
import { getUsers } from './getUsers.ts';
import { joinChannel } from './joinChannel.ts';
import { leaveConversation } from './leaveConversation.ts';
import { listChannels } from './listChannels.ts';
import { listMembers } from './listMembers.ts';
import { listSessions } from './listSessions.ts';
import { markDelivered } from './markDelivered.ts';
import { markRead } from './markRead.ts';
import { openDirect } from './openDirect.ts';
import { removeMember } from './removeMember.ts';
import { removeReaction } from './removeReaction.ts';
import { revokeOtherSessions } from './revokeOtherSessions.ts';
import { revokeSession } from './revokeSession.ts';
import { searchUsers } from './searchUsers.ts';
import { sendMessage } from './sendMessage.ts';
import { setActivity } from './setActivity.ts';
import { setMemberRole } from './setMemberRole.ts';
import { sync } from './sync.ts';
import { transferOwnership } from './transferOwnership.ts';
import { typing } from './typing.ts';
import { updateConversation } from './updateConversation.ts';
import { updateProfile } from './updateProfile.ts';
import { updateSettings } from './updateSettings.ts';
import { watch } from './watch.ts';

export const handlers: Handlers = {
  addMembers,
  addReaction,
  catchUp,
  changes,
  createConversation,
  deleteMessage,
  editMessage,
  getHeads,
  getHistory,
  getMe,
  getMessageEdits,
  getMessages,
  getMyChanges,
  getReactions,
  getReceipts,
  getUsers,
  joinChannel,
  leaveConversation,
  listChannels,
  listMembers,
  listSessions,
  markDelivered,
  markRead,
  openDirect,
  removeMember,
  removeReaction,
  revokeOtherSessions,
  revokeSession,
  searchUsers,
  sendMessage,
  setActivity,
  setMemberRole,
  sync,
  transferOwnership,
  typing,
  updateConversation,
  updateProfile,
  updateSettings,
  watch,
};
