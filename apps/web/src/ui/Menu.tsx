import { Menu as Base } from '@base-ui/react/menu';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactElement, ReactNode } from 'react';

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
      <MenuPopup align={align} side={side}>
        {children}
      </MenuPopup>
    </Base.Root>
  );
}

export interface MenuAtProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Where it stands: an element, or a point such as the one of a long press. */
  readonly anchor: Element | { readonly x: number; readonly y: number } | null;
  readonly children: ReactNode;
}

/** The same menu without a button of its own: for right clicks and long presses. */
export function MenuAt({ open, onClose, anchor, children }: MenuAtProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => next || onClose()}>
      <MenuPopup
        align="start"
        side="bottom"
        anchor={anchor && 'x' in anchor && !(anchor instanceof Element) ? pointAnchor(anchor) : anchor}
      >
        {children}
      </MenuPopup>
    </Base.Root>
  );
}

const pointAnchor = ({ x, y }: { readonly x: number; readonly y: number }) => ({
  getBoundingClientRect: () => new DOMRect(x, y, 0, 0),
});

function MenuPopup({
  children,
  ...positioner
}: Pick<ComponentProps<typeof Base.Positioner>, 'align' | 'side' | 'anchor' | 'children'>) {
  return (
    <Base.Portal>
      <Base.Positioner {...positioner} className="kith-menu-positioner" sideOffset={4} collisionPadding={8}>
        <Base.Popup className="kith-menu">{children}</Base.Popup>
      </Base.Positioner>
    </Base.Portal>
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
