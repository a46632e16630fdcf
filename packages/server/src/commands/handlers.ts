/** Every command and who does it: a command without a handler does not compile. */
import type { Handlers } from '../services.ts';
import { acceptInvite } from './acceptInvite.ts';
import { acceptRequest } from './acceptRequest.ts';
import { addEmoji } from './addEmoji.ts';
import { addMembers } from './addMembers.ts';
import { addPasskey } from './addPasskey.ts';
import { addReaction } from './addReaction.ts';
import { addSticker } from './addSticker.ts';
import { beginLink } from './beginLink.ts';
import { beginPasskey } from './beginPasskey.ts';
import { beginPasskeyConfirm } from './beginPasskeyConfirm.ts';
import { beginTotp } from './beginTotp.ts';
import { cancelScheduled } from './cancelScheduled.ts';
import { catchUp } from './catchUp.ts';
import { changeEmail } from './changeEmail.ts';
import { changePassword } from './changePassword.ts';
import { changePhone } from './changePhone.ts';
import { changes } from './changes.ts';
import { closePoll } from './closePoll.ts';
import { confirmEmail } from './confirmEmail.ts';
import { confirmIdentity } from './confirmIdentity.ts';
import { confirmPhone } from './confirmPhone.ts';
import { confirmTotp } from './confirmTotp.ts';
import { createConversation } from './createConversation.ts';
import { createInvite } from './createInvite.ts';
import { createStickerPack } from './createStickerPack.ts';
import { createTenantKey } from './createTenantKey.ts';
import { declineRequest } from './declineRequest.ts';
import { deleteAccount } from './deleteAccount.ts';
import { deleteMessage } from './deleteMessage.ts';
import { editMessage } from './editMessage.ts';
import { endGuest } from './endGuest.ts';
import { findDate } from './findDate.ts';
import { followThread } from './followThread.ts';
import { getAccount } from './getAccount.ts';
import { getFactors } from './getFactors.ts';
import { getHeads } from './getHeads.ts';
import { getHistory } from './getHistory.ts';
import { getJoinPolicy } from './getJoinPolicy.ts';
import { getMe } from './getMe.ts';
import { getMentions } from './getMentions.ts';
import { getMessageEdits } from './getMessageEdits.ts';
import { getMessages } from './getMessages.ts';
import { getMyChanges } from './getMyChanges.ts';
import { getPhone } from './getPhone.ts';
import { getPollVotes } from './getPollVotes.ts';
import { getReactions } from './getReactions.ts';
import { getReceipts } from './getReceipts.ts';
import { getStickerPack } from './getStickerPack.ts';
import { getTenant } from './getTenant.ts';
import { getTenantSecurity } from './getTenantSecurity.ts';
import { getThread } from './getThread.ts';
import { getTranscoding } from './getTranscoding.ts';
import { getUploadLimits } from './getUploadLimits.ts';
import { getUploads } from './getUploads.ts';
import { getUsers } from './getUsers.ts';
import { hideMessages } from './hideMessages.ts';
import { installStickerPack } from './installStickerPack.ts';
import { joinChannel } from './joinChannel.ts';
import { keepAccount } from './keepAccount.ts';
import { leaveConversation } from './leaveConversation.ts';
import { linkFile } from './linkFile.ts';
import { listChannels } from './listChannels.ts';
import { listCommon } from './listCommon.ts';
import { listEmoji } from './listEmoji.ts';
import { listGuests } from './listGuests.ts';
import { listInvites } from './listInvites.ts';
import { listLinks } from './listLinks.ts';
import { listMembers } from './listMembers.ts';
import { listPins } from './listPins.ts';
import { listReports } from './listReports.ts';
import { listSecurityEvents } from './listSecurityEvents.ts';
import { listSessions } from './listSessions.ts';
import { listShared } from './listShared.ts';
import { listStickerPacks } from './listStickerPacks.ts';
import { listTenantPeople } from './listTenantPeople.ts';
import { listThreads } from './listThreads.ts';
import { markDelivered } from './markDelivered.ts';
import { markRead } from './markRead.ts';
import { markThreadRead } from './markThreadRead.ts';
import { openDirect } from './openDirect.ts';
import { pinMessage } from './pinMessage.ts';
import { refreshToken } from './refreshToken.ts';
import { removeEmoji } from './removeEmoji.ts';
import { removeMember } from './removeMember.ts';
import { removePasskey } from './removePasskey.ts';
import { removePhone } from './removePhone.ts';
import { removeReaction } from './removeReaction.ts';
import { removeSticker } from './removeSticker.ts';
import { removeTotp } from './removeTotp.ts';
import { renamePasskey } from './renamePasskey.ts';
import { renewRecoveryCodes } from './renewRecoveryCodes.ts';
import { report } from './report.ts';
import { resetFactors } from './resetFactors.ts';
import { restoreAccount } from './restoreAccount.ts';
import { revokeInvite } from './revokeInvite.ts';
import { revokeOtherSessions } from './revokeOtherSessions.ts';
import { revokeSession } from './revokeSession.ts';
import { revokeTenantKey } from './revokeTenantKey.ts';
import { rotateTenantKey } from './rotateTenantKey.ts';
import { saveDraft } from './saveDraft.ts';
import { scheduleMessage } from './scheduleMessage.ts';
import { searchGifs } from './searchGifs.ts';
import { searchMessages } from './searchMessages.ts';
import { searchUsers } from './searchUsers.ts';
import { sendMessage } from './sendMessage.ts';
import { sendScheduledNow } from './sendScheduledNow.ts';
import { setActivity } from './setActivity.ts';
import { setBlocked } from './setBlocked.ts';
import { setFolder } from './setFolder.ts';
import { setMemberRole } from './setMemberRole.ts';
import { setPreference } from './setPreference.ts';
import { setReminder } from './setReminder.ts';
import { setTenantRole } from './setTenantRole.ts';
import { suspendAccount } from './suspendAccount.ts';
import { sync } from './sync.ts';
import { transferOwnership } from './transferOwnership.ts';
import { transferTenant } from './transferTenant.ts';
import { typing } from './typing.ts';
import { uninstallStickerPack } from './uninstallStickerPack.ts';
import { unlink } from './unlink.ts';
import { unpinMessage } from './unpinMessage.ts';
import { updateConversation } from './updateConversation.ts';
import { updateGuest } from './updateGuest.ts';
import { updateJoinPolicy } from './updateJoinPolicy.ts';
import { updateProfile } from './updateProfile.ts';
import { updateScheduled } from './updateScheduled.ts';
import { updateSettings } from './updateSettings.ts';
import { updateTenant } from './updateTenant.ts';
import { updateTenantSecurity } from './updateTenantSecurity.ts';
import { votePoll } from './votePoll.ts';
import { watch } from './watch.ts';

export const handlers: Handlers = {
  createTenantKey,
  getTenant,
  listTenantPeople,
  resetFactors,
  restoreAccount,
  revokeTenantKey,
  rotateTenantKey,
  setTenantRole,
  suspendAccount,
  transferTenant,
  updateTenant,
  addEmoji,
  addMembers,
  addPasskey,
  addReaction,
  addSticker,
  beginLink,
  beginPasskey,
  beginPasskeyConfirm,
  beginTotp,
  cancelScheduled,
  catchUp,
  changeEmail,
  changePassword,
  changePhone,
  changes,
  closePoll,
  confirmEmail,
  confirmIdentity,
  confirmPhone,
  confirmTotp,
  createConversation,
  createStickerPack,
  deleteAccount,
  deleteMessage,
  editMessage,
  findDate,
  followThread,
  getAccount,
  getFactors,
  getHeads,
  getHistory,
  getMe,
  getMentions,
  getMessageEdits,
  getMessages,
  getMyChanges,
  getPhone,
  getPollVotes,
  getReactions,
  getReceipts,
  getStickerPack,
  getTenantSecurity,
  acceptInvite,
  listGuests,
  updateGuest,
  endGuest,
  revokeInvite,
  listInvites,
  createInvite,
  updateJoinPolicy,
  getJoinPolicy,
  getThread,
  getTranscoding,
  getUploadLimits,
  getUploads,
  getUsers,
  hideMessages,
  installStickerPack,
  joinChannel,
  keepAccount,
  leaveConversation,
  linkFile,
  listChannels,
  listCommon,
  listEmoji,
  listLinks,
  listMembers,
  listPins,
  listReports,
  listSecurityEvents,
  listSessions,
  listShared,
  listStickerPacks,
  listThreads,
  markDelivered,
  markRead,
  markThreadRead,
  openDirect,
  pinMessage,
  refreshToken,
  removeEmoji,
  removeMember,
  removePasskey,
  removePhone,
  removeReaction,
  removeSticker,
  removeTotp,
  renamePasskey,
  renewRecoveryCodes,
  report,
  revokeOtherSessions,
  revokeSession,
  saveDraft,
  scheduleMessage,
  searchGifs,
  searchMessages,
  searchUsers,
  sendMessage,
  sendScheduledNow,
  setActivity,
  setBlocked,
  acceptRequest,
  declineRequest,
  setFolder,
  setMemberRole,
  setPreference,
  setReminder,
  sync,
  transferOwnership,
  typing,
  uninstallStickerPack,
  unlink,
  unpinMessage,
  updateConversation,
  updateProfile,
  updateScheduled,
  updateSettings,
  updateTenantSecurity,
  votePoll,
  watch,
};
