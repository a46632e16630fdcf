import type { ComponentProps } from 'react';
import { Spinner } from './Spinner.tsx';

export interface ButtonProps extends ComponentProps<'button'> {
  /** `primary` once a view at most; `plain` is text in the accent; `danger` for what cannot be undone, `danger-quiet` where it only asks. */
  readonly kind?: 'primary' | 'secondary' | 'plain' | 'danger' | 'danger-quiet';
  /** Shows that the press is being carried out, and takes no second one. The width stays. */
  readonly busy?: boolean;
  readonly wide?: boolean;
}

export function Button({
  kind = 'secondary',
  busy = false,
  wide,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`kith-button${className ? ` ${className}` : ''}`}
      data-kind={kind}
      data-wide={wide || undefined}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
    >
      <span className="kith-button-label" data-busy={busy || undefined}>
        {children}
      </span>
      {busy && <Spinner className="kith-button-spinner" />}
    </button>
  );
}
