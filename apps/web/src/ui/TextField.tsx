import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId, useState } from 'react';
import { t } from '../i18n/index.ts';

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'size'> {
  readonly label: string;
  /** What is wrong, in plain words: replaces the hint and is read when the field takes the focus. */
  readonly error?: string | undefined;
  readonly hint?: string;
  /** Between the box and that line; then the line is read out as it changes. */
  readonly below?: ReactNode;
}

/** A label, an input and one line below it. A password can be shown. */
export function TextField(props: TextFieldProps) {
  const { label, error, hint, below, type = 'text', className, ...input } = props;
  const id = useId();
  const [shown, setShown] = useState(false);
  const note = error ?? hint;
  const secret = type === 'password';
  return (
    <div className={`kith-field${className ? ` ${className}` : ''}`}>
      <label htmlFor={id}>{label}</label>
      <div className="kith-field-box" data-invalid={error ? '' : undefined}>
        <input
          {...input}
          id={id}
          type={secret && shown ? 'text' : type}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
        />
        {secret && (
          <button
            type="button"
            className="kith-field-eye"
            aria-label={shown ? t('auth.passwordHide') : t('auth.passwordShow')}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? (
              <EyeOff size={18} strokeWidth={1.75} aria-hidden="true" />
            ) : (
              <Eye size={18} strokeWidth={1.75} aria-hidden="true" />
            )}
          </button>
        )}
      </div>
      {below}
      {note && (
        <p
          id={`${id}-note`}
          className="kith-field-note"
          data-error={error ? '' : undefined}
          aria-live={below ? 'polite' : undefined}
        >
          {note}
        </p>
      )}
    </div>
  );
}
