/** Somebody is in who has an invitation in hand: into its conversations. */
import { type KithClient, KithError } from '@kith/client';
import { openConversation } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { toast, toastError } from '../ui/toast.ts';
import { pendingInvite, setPendingInvite } from './invited.ts';

export async function acceptInvite(client: KithClient): Promise<void> {
  const token = pendingInvite();
  if (token === null) return;
  setPendingInvite(null);
  try {
    const [first] = await client.invites.accept(token);
    if (first !== undefined) openConversation(first);
  } catch (error) {
    if (error instanceof KithError && error.code === 'not_found') toast(t('invite.over'), { tone: 'error' });
    else
      toastError(error, () => {
        setPendingInvite(token);
        void acceptInvite(client);
      });
  }
}
