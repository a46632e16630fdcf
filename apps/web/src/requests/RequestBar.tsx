/** In place of the composer, while a stranger waits for a word: accept, put out of sight, or be rid of them. */
import type { MessageRequest } from '@kith/protocol';
import { useClient } from '../app/client.tsx';
import { nameOf, useUser } from '../app/people.ts';
import { navigate } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { handleText } from '../i18n/words.ts';
import { openReport } from '../profile/report.ts';
import { Button } from '../ui/Button.tsx';
import { toast } from '../ui/toast.ts';
import { useRun } from '../ui/useRun.ts';
import './requests.css';

export interface RequestBarProps {
  readonly conversationId: string;
  readonly request: MessageRequest;
}

export function RequestBar({ conversationId, request: { by, declined } }: RequestBarProps) {
  const client = useClient();
  const user = useUser(by);
  const [busy, run] = useRun();
  const name = nameOf(user) ?? '…';
  const answer = (accepted: boolean) => client.own.answerRequest(conversationId, accepted);
  const decline = async (): Promise<void> => {
    await answer(false);
    // The inbox it was opened from stays.
    navigate({ conversationId: null, messageId: null, panel: null });
  };
  return (
    <section className="kith-request" aria-label={t('requests.one')}>
      <p>
        {t(declined ? 'requests.declined' : 'requests.ask', { name })}{' '}
        {user && <small>{handleText(user.username)}</small>}
      </p>
      {!declined && <p className="kith-request-note">{t('requests.note')}</p>}
      <div className="kith-request-actions">
        <Button kind="primary" busy={busy} onClick={() => run(() => answer(true))}>
          {t('requests.accept')}
        </Button>
        {!declined && (
          <Button
            disabled={busy}
            onClick={() =>
              run(async () => {
                await decline();
                toast(t('requests.deleted'));
              })
            }
          >
            {t('common.delete')}
          </Button>
        )}
        <Button
          kind="danger-quiet"
          disabled={busy}
          onClick={() =>
            run(async () => {
              await client.setBlocked(by, true);
              await decline();
              toast(t('privacy.blockedNow', { name }));
            })
          }
        >
          {t('privacy.block')}
        </Button>
        <Button
          kind="danger-quiet"
          disabled={busy}
          onClick={() => openReport({ type: 'person', userId: by })}
        >
          {t('report.verb')}
        </Button>
      </div>
    </section>
  );
}
