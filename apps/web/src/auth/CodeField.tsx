/** Six digits that were sent: typed, pasted with spaces, or put in by the phone that got them. */
import type { RefObject } from 'react';
import { t } from '../i18n/index.ts';
import { TextField } from '../ui/TextField.tsx';
import { digitsIn } from './check.ts';

export interface CodeFieldProps {
  readonly field: RefObject<HTMLInputElement | null>;
  /** Digits. */
  readonly value: string;
  readonly onChange: (digits: string) => void;
  readonly busy: boolean;
  readonly error: string | undefined;
}

export function CodeField({ field, value, onChange, busy, error }: CodeFieldProps) {
  return (
    <TextField
      ref={field}
      className="kith-code-field"
      label={t('auth.code')}
      name="code"
      autoComplete="one-time-code"
      inputMode="numeric"
      pattern="[0-9]*"
      autoCapitalize="none"
      spellCheck={false}
      autoFocus
      dir="ltr"
      value={value}
      // Not disabled while it is looked at: the focus, and a phone's keyboard, stay.
      readOnly={busy}
      onChange={(event) => onChange(digitsIn(event.target.value))}
      error={error}
    />
  );
}
