/** Whether one hears of a conversation, and for how long not. */
import type { ConversationEntry } from '@kith/client';
import { Bell, BellOff } from 'lucide-react';
import { useClient } from '../app/client.tsx';
import { duration } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { mute, SILENCES, set } from '../list/deeds.ts';

export function Silence({ entry }: { readonly entry: ConversationEntry }) {
  const client = useClient();
  const Icon = entry.muted ? BellOff : Bell;
  const choose = (value: string): void => {
    if (value === 'off') set(client, entry, { mutedUntil: null });
    else if (value === 'always') mute(client, entry, null);
    else if (value !== 'muted') mute(client, entry, Number(value));
  };
  return (
    <div className="kith-section">
      <div className="kith-timer">
        <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
        <span>{t('list.mute')}</span>
        <select
          aria-label={t('list.mute')}
          value={entry.muted ? 'muted' : 'off'}
          onChange={(event) => choose(event.target.value)}
        >
          <option value="off">{t('timer.off')}</option>
          {entry.muted && <option value="muted">{t('list.muted')}</option>}
          {SILENCES.map((seconds) => (
            <option key={seconds} value={seconds}>
              {t('list.muteFor', { time: duration(seconds) })}
            </option>
          ))}
          <option value="always">{t('list.muteAlways')}</option>
        </select>
      </div>
    </div>
  );
}
