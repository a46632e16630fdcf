/** A code that went to an address, until it is taken: wrong ones are tried again here, another one is sent on asking. */
import { KithError } from '@kith/client';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { inTime } from '../app/time.ts';
import { type FieldWords, fieldErrors } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { CodeField } from './CodeField.tsx';
import { CODE_LENGTH } from './check.ts';
import { type Trouble, TroubleLine, troubleOf, useRemaining } from './Trouble.tsx';

export interface CodeEntryProps {
  /** Resolves when the code was right; what follows is of whoever shows this. */
  readonly onCode: (code: string) => Promise<void>;
  /** Absent: nothing was sent. False: it was left. */
  readonly onResend?: () => Promise<boolean>;
  /** There is nothing any more that a code could belong to. */
  readonly onOver: () => void;
  /** What errors mean here. */
  readonly words?: FieldWords;
  /** Other ways on. */
  readonly children?: ReactNode;
}

/** Where the code came by text message. */
export const PHONE_CODE_WORDS = { code: 'auth.codeWrongPhone' } as const;

type State =
  | { readonly type: 'typing'; readonly wrong?: string; readonly trouble?: Trouble }
  | { readonly type: 'checking' }
  | { readonly type: 'sending' };

/** Mail takes its time; who asks again at once gets two codes, and types the one that is void. */
const PAUSE_MS = 30_000;

export function CodeEntry({ onCode, onResend, onOver, words, children }: CodeEntryProps) {
  const [code, setCode] = useState('');
  const [state, setState] = useState<State>({ type: 'typing' });
  const [again, setAgain] = useState(() => Date.now() + PAUSE_MS);
  const [sent, setSent] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const busy = state.type !== 'typing';

  const fail = (error: unknown): void => {
    if (error instanceof KithError && error.code === 'not_found') return onOver();
    const wrong = fieldErrors(error, words)?.['code'];
    setState({ type: 'typing', ...(wrong === undefined ? { trouble: troubleOf(error, words) } : { wrong }) });
  };

  const check = async (digits: string): Promise<void> => {
    if (busy) return;
    if (digits.length < CODE_LENGTH) return setState({ type: 'typing', wrong: t('auth.codeShort') });
    setState({ type: 'checking' });
    try {
      await onCode(digits);
    } catch (error) {
      fail(error);
    }
  };

  const resend = async (): Promise<void> => {
    if (!onResend) return;
    setState({ type: 'sending' });
    try {
      const isSent = await onResend();
      setState({ type: 'typing' });
      if (!isSent) return;
      setCode('');
      setAgain(Date.now() + PAUSE_MS);
      setSent((count) => count + 1);
    } catch (error) {
      fail(error);
    }
  };

  // The next try replaces what was tried.
  const wrong = state.type === 'typing' ? state.wrong : undefined;
  useEffect(() => {
    if (wrong === undefined && sent === 0) return;
    field.current?.focus();
    field.current?.select();
  }, [wrong, sent]);

  return (
    <form
      className="kith-code-entry"
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void check(code);
      }}
    >
      <CodeField
        field={field}
        value={code}
        busy={state.type === 'checking'}
        error={wrong}
        onChange={(digits) => {
          setCode(digits);
          if (digits === code) return;
          setState({ type: 'typing' });
          if (digits.length === CODE_LENGTH) void check(digits);
        }}
      />
      <p className="kith-code-note" role="status">
        {sent > 0 && code === '' && <span key={sent}>{t('auth.codeSentAgain')}</span>}
      </p>
      <TroubleLine trouble={state.type === 'typing' ? state.trouble : undefined} />
      <Button kind="primary" type="submit" wide busy={state.type === 'checking'}>
        {t('auth.continue')}
      </Button>
      <div className="kith-code-ways">
        {onResend && <Resend at={again} busy={state.type === 'sending'} onPress={() => void resend()} />}
        {children}
      </div>
    </form>
  );
}

function Resend({
  at,
  busy,
  onPress,
}: {
  readonly at: number;
  readonly busy: boolean;
  readonly onPress: () => void;
}) {
  const left = useRemaining(at);
  return (
    <Button kind="plain" busy={busy} disabled={left > 0} onClick={onPress}>
      {left > 0 ? t('auth.codeAgainIn', { when: inTime(left) }) : t('auth.codeAgain')}
    </Button>
  );
}
