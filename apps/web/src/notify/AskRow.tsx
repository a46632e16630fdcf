/** One quiet row above the list: asked once, when there is something to hear about, and never by the browser's own box unbidden. */
import { BellRing, X } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { toastError } from '../ui/toast.ts';
import { askPermission, setAsked, useMayAsk } from './choice.ts';

export function AskRow() {
  const entries = useReadable(useClient().conversations.list);
  const mayAsk = useMayAsk();
  const told = entries.some(
    ({ membership, preview }) => preview?.body.type === 'content' && preview.authorId !== membership.userId,
  );
  if (!mayAsk || !told) return null;
  return (
    <div className="kith-ask">
      <BellRing size={18} strokeWidth={1.75} aria-hidden="true" />
      <p>{t('notify.ask')}</p>
      <button type="button" onClick={() => void askPermission().catch(toastError)}>
        {t('notify.turnOn')}
      </button>
      <IconButton icon={X} label={t('notify.notNow')} size="s" bare onClick={setAsked} />
    </div>
  );
}
