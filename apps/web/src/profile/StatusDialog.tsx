import { limits } from '@kith/client';
import { SmilePlus } from 'lucide-react';
import { type FormEvent, useId, useRef, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { EmojiPopover } from '../emoji/EmojiPopover.tsx';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { toastError } from '../ui/toast.ts';
import { endOf, type Span, type Status, spans, spanText, suggestions } from './status.ts';

export interface StatusDialogProps {
  readonly status: Status | undefined;
  readonly onClose: () => void;
}

export default function StatusDialog({ status, onClose }: StatusDialogProps) {
  const client = useClient();
  const id = useId();
  const [emoji, setEmoji] = useState(status?.emoji);
  const [text, setText] = useState(status?.text ?? '');
  // The end it has, until another is chosen.
  const [span, setSpan] = useState<Span | 'kept'>(status ? (status.until ? 'kept' : 'never') : 'today');
  const [picking, setPicking] = useState(false);
  const [busy, setBusy] = useState(false);
  const face = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement>(null);

  const set = async (next: Status | null): Promise<void> => {
    setBusy(true);
    try {
      await client.updateProfile({ status: next });
      onClose();
    } catch (error) {
      setBusy(false);
      toastError(error);
    }
  };
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (!emoji && text.trim() === '') return void set(null);
    const until = span === 'kept' ? status?.until : endOf(span, Date.now())?.toISOString();
    void set({ ...(emoji && { emoji }), text, ...(until && { until }) });
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={t('status.title')}
      initialFocus={field}
      footer={
        <>
          {status && (
            <Button disabled={busy} onClick={() => void set(null)}>
              {t('status.clear')}
            </Button>
          )}
          <Button kind="primary" type="submit" form={id} busy={busy}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <form id={id} className="kith-status-form" onSubmit={save} noValidate>
        <div className="kith-field-box">
          <button
            ref={face}
            type="button"
            className="kith-status-face"
            aria-label={t('status.emoji')}
            onClick={() => setPicking(true)}
          >
            {emoji ?? <SmilePlus size={20} strokeWidth={1.75} aria-hidden="true" />}
          </button>
          <input
            ref={field}
            aria-label={t('status.text')}
            placeholder={t('status.text')}
            maxLength={limits.statusLength}
            autoComplete="off"
            dir="auto"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <ul className="kith-status-ideas">
          {suggestions.map((idea) => (
            <li key={idea.text}>
              <button
                type="button"
                onClick={() => {
                  setEmoji(idea.emoji);
                  setText(t(idea.text));
                  setSpan(idea.span);
                }}
              >
                <span className="kith-status-emoji">{idea.emoji}</span>
                <span>{t(idea.text)}</span>
                <small>{spanText(idea.span)}</small>
              </button>
            </li>
          ))}
        </ul>
        <div className="kith-field">
          <label htmlFor={`${id}-span`}>{t('status.clearAfter')}</label>
          <div className="kith-field-box">
            <select
              id={`${id}-span`}
              value={span}
              onChange={(event) => setSpan(event.target.value as Span | 'kept')}
            >
              {span === 'kept' && <option value="kept">{t('status.span.kept')}</option>}
              {spans.map((one) => (
                <option key={one} value={one}>
                  {t(`status.span.${one}`)}
                </option>
              ))}
            </select>
          </div>
        </div>
      </form>
      <EmojiPopover
        open={picking}
        onClose={() => setPicking(false)}
        anchor={face.current}
        returnTo={face}
        // A status is read beside names, where there is no room to explain those of this place.
        custom={false}
        onPick={setEmoji}
      />
    </Dialog>
  );
}
