/** Sharing where one is. The browser is asked only after the person has said so, and the position is shown before it is sent. */
import type { LocationAttachment } from '@kith/protocol';
import { LocateFixed } from 'lucide-react';
import { useState } from 'react';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { AttachDialogProps } from './entries.ts';
import LocationView from './LocationView.tsx';
import { tidy } from './poll/options.ts';

type State =
  | { readonly type: 'asking' }
  | { readonly type: 'waiting' }
  | { readonly type: 'failed'; readonly denied: boolean }
  | { readonly type: 'found'; readonly place: LocationAttachment };

/** A position takes its time where only satellites tell it. */
const PATIENCE_MS = 20_000;
/** Some ten centimetres: more digits than that are noise. */
const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

export default function LocationDialog({ onSend, onClose }: AttachDialogProps) {
  const [state, setState] = useState<State>({ type: 'asking' });
  const [label, setLabel] = useState('');
  const locate = () => {
    if (!('geolocation' in navigator)) {
      setState({ type: 'failed', denied: false });
      return;
    }
    setState({ type: 'waiting' });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        setState({
          type: 'found',
          place: { type: 'location', latitude: round(coords.latitude), longitude: round(coords.longitude) },
        }),
      (error) => setState({ type: 'failed', denied: error.code === error.PERMISSION_DENIED }),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 60_000 },
    );
  };
  const name = tidy(label);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('location.share')}
      size="s"
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          {state.type === 'found' ? (
            <Button
              kind="primary"
              onClick={() => onSend({ ...state.place, ...(name !== '' && { label: name }) })}
            >
              {t('location.send')}
            </Button>
          ) : (
            <Button kind="primary" busy={state.type === 'waiting'} onClick={locate}>
              <LocateFixed size={18} strokeWidth={1.75} aria-hidden="true" />
              {t('location.locate')}
            </Button>
          )}
        </>
      }
    >
      {state.type === 'found' ? (
        <div className="kith-attach-form">
          <LocationView attachment={{ ...state.place, ...(name !== '' && { label: name }) }} />
          <TextField
            label={t('location.label')}
            value={label}
            maxLength={80}
            onChange={(event) => setLabel(event.target.value)}
          />
        </div>
      ) : (
        <p role={state.type === 'failed' ? 'alert' : undefined}>
          {state.type === 'failed'
            ? t(state.denied ? 'location.denied' : 'location.failed')
            : t('location.explain')}
        </p>
      )}
    </Dialog>
  );
}
