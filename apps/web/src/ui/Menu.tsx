import { Menu as Base } from '@base-ui/react/menu';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

export interface MenuProps {
  /** The button that opens it, for example an IconButton. */
  readonly trigger: ReactElement<Record<string, unknown>>;
  /** MenuItem, MenuSeparator. */
  readonly children: ReactNode;
  readonly align?: 'start' | 'center' | 'end';
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  readonly onOpenChange?: (open: boolean) => void;
}

/** A menu under a button. Arrow keys, type-ahead and Escape come with it; focus returns to the button. */
export function Menu({ trigger, children, align = 'end', side = 'bottom', onOpenChange }: MenuProps) {
  return (
    <Base.Root {...(onOpenChange && { onOpenChange: (open: boolean) => onOpenChange(open) })}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner
          className="kith-menu-positioner"
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
        >
          <Base.Popup className="kith-menu">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface MenuItemProps {
  readonly icon?: LucideIcon;
  readonly onSelect: () => void;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly shortcut?: string;
  readonly children: ReactNode;
}

export function MenuItem({ icon: Icon, onSelect, danger, disabled, shortcut, children }: MenuItemProps) {
  return (
    <Base.Item
      className="kith-menu-item"
      data-danger={danger || undefined}
      disabled={disabled ?? false}
      onClick={onSelect}
    >
      {Icon && <Icon size={18} strokeWidth={1.75} aria-hidden="true" />}
      <span className="kith-menu-label">{children}</span>
      {shortcut && <kbd className="kith-menu-shortcut">{shortcut}</kbd>}
    </Base.Item>
  );
}

export const MenuSeparator = () => <Base.Separator className="kith-menu-separator" />;
