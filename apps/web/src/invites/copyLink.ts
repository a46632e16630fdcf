/** The link of an invitation: its secret behind the hash, which reaches no server. */
import { t } from '../i18n/index.ts';
import { copyToClipboard } from '../ui/copy.ts';
import { toast, toastError } from '../ui/toast.ts';

export const linkOfInvite = (token: string): string => `${location.origin}/invite#${token}`;

export const copyLink = (token: string): Promise<void> =>
  copyToClipboard(linkOfInvite(token)).then(() => toast(t('invites.copied')), toastError);
