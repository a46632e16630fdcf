/** After how long messages of a conversation disappear; for whoever may decide it, else what is decided. */
import { type ConversationEntry, disappearAfter } from '@kith/client';
import { Timer } from 'lucide-react';
import { useClient } from '../app/client.tsx';
import { duration } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { toastError } from '../ui/toast.ts';
import { mayOf } from './may.ts';

export function Disappearing({ entry }: { readonly entry: ConversationEntry }) {
  const { conversations } = useClient();
  const seconds = entry.conversation.disappearAfter ?? 0;
  const text = (value: number) => (value === 0 ? t('timer.off') : duration(value));
  const may = mayOf(entry).setTimer;
  if (!may && seconds === 0) return null;
  return (
    <div className="kith-section">
      <div className="kith-timer">
        <Timer size={18} strokeWidth={1.75} aria-hidden="true" />
        <span>{t('timer.title')}</span>
        {may ? (
          <select
            aria-label={t('timer.title')}
            value={seconds}
            onChange={(event) => {
              const chosen = disappearAfter.find((value) => value === Number(event.target.value));
              if (chosen === undefined) return;
              conversations.update(entry.id, { disappearAfter: chosen }).catch(toastError);
            }}
          >
            {disappearAfter.map((value) => (
              <option key={value} value={value}>
                {text(value)}
              </option>
            ))}
          </select>
        ) : (
          <span>{text(seconds)}</span>
        )}
      </div>
      <p className="kith-pane-note">{t('timer.hint')}</p>
    </div>
  );
}
