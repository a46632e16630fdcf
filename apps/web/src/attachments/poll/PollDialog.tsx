/** Asking a question: the answers, and how it is voted. */
import { limits } from '@kith/client';
import { X } from 'lucide-react';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { duration } from '../../app/time.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { TextField } from '../../ui/TextField.tsx';
import type { AttachDialogProps } from '../entries.ts';
import { changed, firstOptions, moved, problemOf, removed, tidy, written } from './options.ts';
import './poll.css';

/** After so many seconds nobody votes any more; 0: until it is closed. */
const ENDS = [0, 3_600, 86_400, 259_200, 604_800] as const;

export default function PollDialog({ onSend, onClose }: AttachDialogProps) {
  const id = useId();
  const [question, setQuestion] = useState('');
  const [options, setOptions] = useState(firstOptions);
  const [multiple, setMultiple] = useState(false);
  const [anonymous, setAnonymous] = useState(false);
  const [ends, setEnds] = useState(0);
  const [tried, setTried] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const problem = problemOf(question, options);

  const send = () => {
    setTried(true);
    if (problem) return;
    onSend({
      type: 'poll',
      question: tidy(question),
      options: written(options),
      multiple,
      anonymous,
      ...(ends > 0 && { closesAt: new Date(Date.now() + ends * 1_000).toISOString() }),
    });
  };

  const onKeyDown = (key: number, place: number) => (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      setOptions(moved(options, key, event.key === 'ArrowUp' ? -1 : 1));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const fields = list.current?.querySelectorAll('input') ?? [];
      if (event.ctrlKey || event.metaKey) send();
      else fields[place + 1]?.focus();
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={t('poll.new')}
      initialFocus={first}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" onClick={send}>
            {t('poll.create')}
          </Button>
        </>
      }
    >
      <div className="kith-poll-form">
        <TextField
          ref={first}
          label={t('poll.question')}
          value={question}
          maxLength={limits.pollQuestionLength}
          error={tried && problem === 'poll.needQuestion' ? t(problem) : undefined}
          onChange={(event) => setQuestion(event.target.value)}
        />
        <fieldset className="kith-poll-fields">
          <legend>{t('poll.options')}</legend>
          <ul ref={list}>
            {options.map((option, place) => (
              <li key={option.key}>
                <input
                  className="kith-poll-field"
                  aria-label={t('poll.optionNumber', { number: place + 1 })}
                  aria-describedby={`${id}-note`}
                  placeholder={place < 2 ? t('poll.option') : t('poll.addOption')}
                  value={option.text}
                  maxLength={limits.pollOptionLength}
                  onChange={(event) => setOptions(changed(options, option.key, event.target.value))}
                  onKeyDown={onKeyDown(option.key, place)}
                />
                {option.text !== '' && (
                  <IconButton
                    icon={X}
                    size="s"
                    bare
                    label={t('poll.removeOption', { number: place + 1 })}
                    onClick={() => setOptions(removed(options, option.key))}
                  />
                )}
              </li>
            ))}
          </ul>
          <p
            id={`${id}-note`}
            className="kith-field-note"
            data-error={tried && problem && problem !== 'poll.needQuestion' ? '' : undefined}
            role="status"
          >
            {tried && problem && problem !== 'poll.needQuestion' ? t(problem) : t('poll.moveHint')}
          </p>
        </fieldset>
        <label className="kith-check">
          <input type="checkbox" checked={multiple} onChange={() => setMultiple(!multiple)} />
          <span>{t('poll.multiple')}</span>
        </label>
        <label className="kith-check">
          <input type="checkbox" checked={anonymous} onChange={() => setAnonymous(!anonymous)} />
          <span>{t('poll.anonymous')}</span>
        </label>
        <label className="kith-poll-ends">
          <span>{t('poll.ends')}</span>
          <select value={ends} onChange={(event) => setEnds(Number(event.target.value))}>
            {ENDS.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds === 0 ? t('poll.endsNever') : t('poll.endsAfter', { time: duration(seconds) })}
              </option>
            ))}
          </select>
        </label>
      </div>
    </Dialog>
  );
}
