/** The field for an address: as browsers, password managers and keyboards of phones expect it. */
import { t } from '../i18n/index.ts';
import { TextField } from '../ui/TextField.tsx';

export interface EmailFieldProps {
  readonly label?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
  readonly hint?: string;
  readonly autoFocus?: boolean;
}

export function EmailField({ label = t('auth.email'), onChange, hint, ...field }: EmailFieldProps) {
  return (
    <TextField
      label={label}
      name="email"
      type="email"
      inputMode="email"
      autoCapitalize="none"
      spellCheck={false}
      autoComplete="email"
      dir="ltr"
      onChange={(event) => onChange(event.target.value)}
      {...(hint !== undefined && { hint })}
      {...field}
    />
  );
}
