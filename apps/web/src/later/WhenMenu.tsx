/** When something shall happen: a few times that people mean, or any other. */
import { limits } from '@kith/client';
import { AlarmClock, CalendarClock, Clock, Coffee, Moon, Sunrise } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { useReturnFocus } from '../emoji/useReturnFocus.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { FloatingMenu, MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import { TextField } from '../ui/TextField.tsx';
import { type Asking, stopAsking } from './ask.ts';
import { fromField, type Later, laterTimes, toField } from './times.ts';
import { timeText } from './words.ts';
import './later.css';

const ICONS = { soon: AlarmClock, hour: Clock, tonight: Moon, tomorrow: Sunrise, monday: Coffee } as const;

const label = (id: Later): string => {
  switch (id) {
    case 'soon':
      return t('later.soon');
    case 'hour':
      return t('later.hour');
    case 'tonight':
      return t('later.tonight');
    case 'tomorrow':
      return t('later.tomorrow');
    case 'monday':
      return t('later.monday');
  }
};

export default function WhenMenu({ asking }: { readonly asking: Asking }) {
  const [choosing, setChoosing] = useState(false);
  const [now] = useState(Date.now);
  const goesOn = useRef(false);
  const returnFocus = useReturnFocus();
  const pick = (at: number): void => {
    stopAsking();
    asking.onPick(new Date(at).toISOString());
  };
  if (choosing) return <WhenDialog title={asking.title} onPick={pick} />;
  return (
    <FloatingMenu
      anchor={asking.anchor}
      label={asking.title}
      // Choosing another time goes on; everything else ends it.
      onClose={() => {
        if (!goesOn.current) stopAsking();
      }}
      finalFocus={() => !goesOn.current && returnFocus()}
    >
      {laterTimes(now, { soon: asking.soon }).map(({ id, at }) => (
        <MenuItem key={id} icon={ICONS[id]} shortcut={timeText(at, now)} onSelect={() => pick(at)}>
          {label(id)}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem
        icon={CalendarClock}
        onSelect={() => {
          goesOn.current = true;
          setChoosing(true);
        }}
      >
        {t('later.choose')}
      </MenuItem>
    </FloatingMenu>
  );
}

function WhenDialog({ title, onPick }: { readonly title: string; readonly onPick: (at: number) => void }) {
  const [value, setValue] = useState(() => toField(Date.now() + 3_600_000));
  const [error, setError] = useState<string>();
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const at = fromField(value);
    if (at === undefined || at <= Date.now()) return setError(t('later.past'));
    if (at > Date.now() + limits.aheadMs) return setError(t('later.tooFar'));
    onPick(at);
  };
  return (
    <Dialog open size="s" title={title} onClose={stopAsking}>
      <form className="kith-when" onSubmit={save} noValidate>
        <TextField
          label={t('later.time', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
          type="datetime-local"
          value={value}
          min={toField(Date.now())}
          error={error}
          onChange={(event) => {
            setValue(event.target.value);
            setError(undefined);
          }}
        />
        <div className="kith-form-end">
          <Button onClick={stopAsking}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit">
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
