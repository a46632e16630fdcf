/** The field for a number: as browsers and keyboards of phones expect it. It reads from left to right in every language. */
import { t } from '../i18n/index.ts';
import { TextField } from '../ui/TextField.tsx';

export interface PhoneFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
}

export const PhoneField = ({ value, onChange, error }: PhoneFieldProps) => (
  <TextField
    label={t('auth.phone')}
    name="phone"
    type="tel"
    inputMode="tel"
    autoComplete="tel"
    autoFocus
    dir="ltr"
    value={value}
    onChange={(event) => onChange(event.target.value)}
    error={error}
    hint={t('auth.phoneHint')}
  />
);

/** What the server finds wrong with one. */
export const PHONE_WORDS = { phone: 'auth.phoneWrong' } as const;

export const wrongPhone = (typed: string): { readonly phone?: string } =>
  /\p{Nd}.*\p{Nd}/u.test(typed) ? {} : { phone: t('auth.phoneWrong') };
