/**
 * What one is told of new messages: on this device, by notices and sounds; on all devices, of what where nothing else is
 * said, and when of nothing.
 */
import type { NotificationSettings, QuietHours } from '@kith/protocol';
import { useClient, useReadable } from '../app/client.tsx';
import { inLanguage } from '../app/time.ts';
import { type Key, t } from '../i18n/index.ts';
import { OnThisDevice } from '../notify/OnThisDevice.tsx';
import { Section, Segments } from '../ui/Choice.tsx';
import { toastError } from '../ui/toast.ts';

const KINDS = [
  ['direct', 'settings.notify.direct'],
  ['group', 'settings.notify.group'],
  ['channel', 'settings.notify.channel'],
] as const satisfies readonly (readonly [keyof NotificationSettings, Key])[];

const weekday = inLanguage({ weekday: 'short', timeZone: 'UTC' });
/** 4 January 1970 was a Sunday; weeks are shown from Monday. */
const DAYS = [1, 2, 3, 4, 5, 6, 0] as const;
const dayName = (day: number): string => weekday.format((3 + day) * 86_400_000);

const nights = (): QuietHours => ({
  from: '22:00',
  to: '07:00',
  days: [0, 1, 2, 3, 4, 5, 6],
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

export function NotificationSection() {
  const client = useClient();
  const me = useReadable(client.me);
  return (
    <Section title={t('settings.notify')}>
      <OnThisDevice />
      {/* A cache of an earlier version may not know them yet. */}
      {me?.settings.notifications && <Everywhere notifications={me.settings.notifications} />}
    </Section>
  );
}

function Everywhere({ notifications }: { readonly notifications: NotificationSettings }) {
  const client = useClient();
  const set = (change: Partial<NotificationSettings>): void => {
    client
      .updateSettings({ notifications: change })
      .catch((error: unknown) => toastError(error, () => set(change)));
  };
  const { quietHours } = notifications;
  return (
    <>
      {KINDS.map(([kind, label]) => (
        <Segments
          key={kind}
          legend={t(label)}
          value={notifications[kind]}
          onChange={(level) => set({ [kind]: level })}
          options={[
            { value: 'all', label: t('settings.notify.all') },
            { value: 'mentions', label: t('settings.notify.mentions') },
            { value: 'none', label: t('settings.notify.none') },
          ]}
        />
      ))}
      <Segments
        legend={t('settings.quiet')}
        value={quietHours ? 'on' : 'off'}
        onChange={(value) => set({ quietHours: value === 'on' ? nights() : null })}
        options={[
          { value: 'off', label: t('settings.quiet.off') },
          { value: 'on', label: t('settings.quiet.on') },
        ]}
      />
      {quietHours && <Hours hours={quietHours} onChange={(next) => set({ quietHours: next })} />}
    </>
  );
}

function Hours({
  hours,
  onChange,
}: {
  readonly hours: QuietHours;
  readonly onChange: (hours: QuietHours) => void;
}) {
  const toggle = (day: number): void => {
    const days = hours.days.includes(day)
      ? hours.days.filter((other) => other !== day)
      : [...hours.days, day].sort((a, b) => a - b);
    // Without a day there would be none: that is said by "Off".
    if (days.length > 0) onChange({ ...hours, days });
  };
  const time = (end: 'from' | 'to', label: string) => (
    <label>
      {label}
      <input
        type="time"
        value={hours[end]}
        onChange={(event) => event.target.value && onChange({ ...hours, [end]: event.target.value })}
      />
    </label>
  );
  return (
    <div className="kith-quiet">
      <div>
        {time('from', t('settings.quiet.from'))}
        {time('to', t('settings.quiet.to'))}
      </div>
      <fieldset>
        <legend className="kith-hidden">{t('settings.quiet.days')}</legend>
        {DAYS.map((day) => (
          <label key={day}>
            <input type="checkbox" checked={hours.days.includes(day)} onChange={() => toggle(day)} />
            <span>{dayName(day)}</span>
          </label>
        ))}
      </fieldset>
      <p className="kith-pane-note">{t('settings.quiet.zone', { zone: hours.timeZone })}</p>
    </div>
  );
}
