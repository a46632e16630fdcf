/** What this device does about new messages: the part of Settings that stays here. */
import { Volume2 } from 'lucide-react';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Segments } from '../ui/Choice.tsx';
import { toastError } from '../ui/toast.ts';
import { askPermission, setNotices, setSounds, useNoticeState, useSounds, type Wish } from './choice.ts';
import { play } from './sound.ts';

export function OnThisDevice() {
  const state = useNoticeState();
  const sounds = useSounds();
  const wishes = [
    { value: 'on', label: t('notify.on') },
    { value: 'off', label: t('notify.off') },
  ] as const satisfies readonly { value: Wish; label: string }[];
  return (
    <div className="kith-on-device">
      {state === 'granted' || state === 'off' ? (
        <Segments
          legend={t('notify.notices')}
          value={state === 'off' ? 'off' : 'on'}
          onChange={setNotices}
          options={wishes}
        />
      ) : state === 'default' ? (
        <Button wide onClick={() => void askPermission().catch(toastError)}>
          {t('notify.turnOnHere')}
        </Button>
      ) : (
        <p className="kith-pane-note">{state === 'denied' ? t('notify.denied') : t('notify.unsupported')}</p>
      )}
      <Segments legend={t('notify.sounds')} value={sounds} onChange={setSounds} options={wishes} />
      {sounds === 'on' && (
        <Button wide onClick={() => void play('message', { force: true }).catch(toastError)}>
          <Volume2 size={18} strokeWidth={1.75} aria-hidden="true" />
          {t('notify.listen')}
        </Button>
      )}
    </div>
  );
}
