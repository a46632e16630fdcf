/** What one can do about somebody besides writing to them: block, report. On their card and in the details of a conversation. */
import { Ban, Flag } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { nameOf, useUser } from '../app/people.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { openReport } from './report.ts';
import './profile.css';

export function PersonActions({
  userId,
  onReport,
}: {
  readonly userId: string;
  /** Before the dialog for it opens. */
  readonly onReport?: () => void;
}) {
  const client = useClient();
  const name = nameOf(useUser(userId)) ?? '…';
  const blocked = useReadable(client.own.get('block', userId)) !== undefined;
  const toggleBlock = (): void => {
    client.setBlocked(userId, !blocked).then(
      () => {
        if (blocked) return;
        toast(t('privacy.blockedNow', { name }), {
          action: { label: t('common.undo'), run: () => void client.setBlocked(userId, false) },
        });
      },
      (error: unknown) => toastError(error, toggleBlock),
    );
  };
  return (
    <div className="kith-card-pair">
      <Button kind={blocked ? 'secondary' : 'danger-quiet'} onClick={toggleBlock}>
        <Ban size={18} strokeWidth={1.75} aria-hidden="true" />
        {t(blocked ? 'privacy.unblock' : 'privacy.block')}
      </Button>
      <Button
        kind="danger-quiet"
        onClick={() => {
          onReport?.();
          openReport({ type: 'person', userId });
        }}
      >
        <Flag size={18} strokeWidth={1.75} aria-hidden="true" />
        {t('report.verb')}
      </Button>
    </div>
  );
}
