/** In place of the composer, where one has blocked the other person. */
import { useClient } from '../app/client.tsx';
import { nameOf, useUser } from '../app/people.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { toastError } from '../ui/toast.ts';

export function BlockedStrip({ userId }: { readonly userId: string }) {
  const client = useClient();
  const name = nameOf(useUser(userId)) ?? '…';
  const unblock = (): void => {
    client.setBlocked(userId, false).catch((error: unknown) => toastError(error, unblock));
  };
  return (
    <div className="kith-blocked-strip" role="status">
      <span>{t('privacy.youBlocked', { name })}</span>
      <Button kind="plain" onClick={unblock}>
        {t('privacy.unblock')}
      </Button>
    </div>
  );
}
