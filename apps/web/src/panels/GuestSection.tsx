/** For guests: until when they are here, in the place of what others have to keep their account. */
import { useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { fullTime } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { Section } from '../ui/Choice.tsx';

export function GuestSection() {
  const client = useClient();
  const [until, setUntil] = useState<string | null>(null);
  useEffect(() => {
    let over = false;
    client.guests.myEnd().then(
      (known) => over || setUntil(known),
      (error: unknown) => console.warn('Until when this guest may stay is not known:', error),
    );
    return () => {
      over = true;
    };
  }, [client]);
  return (
    <Section title={t('guest.title')}>
      <p className="kith-pane-note">
        {until === null ? t('guest.here') : t('guest.until', { when: fullTime(Date.parse(until)) })}
      </p>
    </Section>
  );
}
