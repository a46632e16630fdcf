/**
 * The field for a new password. A meter below it says, as one types, how hard it is to guess: by the server's rule, in the
 * browser. Where its lists cannot be fetched the field is an ordinary one. The server has the last word.
 */
import { limits } from '@kith/client';
import { type Estimator, weighPassword } from '@kith/protocol/passwords';
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { t } from '../i18n/index.ts';
import { passwordText } from '../i18n/passwords.ts';
import { TextField, type TextFieldProps } from '../ui/TextField.tsx';
import { loadEstimator } from './estimator.ts';
import './password.css';

const SEGMENTS = [1, 2, 3, 4] as const;

/** For password managers that make one; React knows no such property. */
const RULES = { passwordrules: `minlength: ${limits.passwordMin}; maxlength: ${limits.passwordMax};` };

export interface PasswordFieldProps
  extends Pick<TextFieldProps, 'label' | 'name' | 'error' | 'autoFocus' | 'onChange'> {
  readonly value: string;
  /** What others know of this person: no password is made of it. */
  readonly about: readonly string[];
}

export function PasswordField({ value, about, ...input }: PasswordFieldProps) {
  const [estimator, setEstimator] = useState<Estimator>();
  // Typing goes first: a phone may take some frames for it.
  const password = useDeferredValue(value);
  const known = useDeferredValue(about.join('\n'));
  const weighed = useMemo(
    () => (estimator && password !== '' ? weighPassword(estimator, password, known.split('\n')) : null),
    [estimator, password, known],
  );
  const load = useCallback((): void => {
    // Without it there is no meter, and nothing else is missing; the next focus tries again.
    loadEstimator().then(setEstimator, () => undefined);
  }, []);
  // What was typed before the step was left and come back to is judged again, also where the focus is elsewhere.
  const [isFilled] = useState(value !== '');
  useEffect(() => {
    if (isFilled) load();
  }, [isFilled, load]);
  const level = weighed ? levelOf(weighed) : 0;
  return (
    <TextField
      {...input}
      {...RULES}
      value={value}
      type="password"
      autoComplete="new-password"
      autoCapitalize="none"
      spellCheck={false}
      onFocus={load}
      hint={weighed ? verdictOf(weighed) : passwordText('short')}
      below={
        <div className="kith-meter" data-level={level} aria-hidden="true">
          {SEGMENTS.map((segment) => (
            <span key={segment} data-on={segment <= level ? '' : undefined} />
          ))}
        </div>
      }
    />
  );
}

type Weighed = ReturnType<typeof weighPassword>;

/** Three and four are good enough, nothing else is. */
const levelOf = ({ score, problem }: Weighed): number => (problem ? Math.min(Math.max(score, 1), 2) : score);

function verdictOf({ score, problem }: Weighed): string {
  if (problem) return passwordText(problem);
  return score === 3 ? t('password.good') : t('password.strong');
}
