import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Tooltip } from './Tooltip.tsx';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  readonly icon: LucideIcon;
  /** The accessible name, and the tooltip. */
  readonly label: string;
  /** Shown after the label in the tooltip, as a person reads it: "Ctrl K". */
  readonly shortcut?: string;
  /** No tooltip: the button stands where one would cover what it acts on. */
  readonly bare?: boolean;
  readonly kind?: 'quiet' | 'accent' | 'danger';
  readonly size?: 'm' | 's';
}

/** A square button of one icon. At least --kith-target wide unless `size="s"` with a mouse. */
export function IconButton({
  icon: Icon,
  label,
  shortcut,
  bare = false,
  kind = 'quiet',
  size = 'm',
  className,
  ...rest
}: IconButtonProps) {
  const button = (
    <button
      type="button"
      {...rest}
      className={`kith-icon-button${className ? ` ${className}` : ''}`}
      data-kind={kind}
      data-size={size}
      aria-label={label}
    >
      <Icon size={size === 's' ? 16 : 20} strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
  return bare ? button : <Tooltip label={shortcut ? `${label} · ${shortcut}` : label}>{button}</Tooltip>;
}
