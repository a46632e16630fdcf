import { Menu as Base } from '@base-ui/react/menu';
import { Check, ChevronRight, type LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { type Anchor, pointAnchor } from './anchor.ts';

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

/** A menu that opens beside the item that names it. */
export function SubMenu({
  icon: Icon,
  label,
  children,
}: {
  readonly icon?: LucideIcon;
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    <Base.SubmenuRoot>
      <Base.SubmenuTrigger className="kith-menu-item">
        {Icon && <Icon size={18} strokeWidth={1.75} aria-hidden="true" />}
        <span className="kith-menu-label">{label}</span>
        <ChevronRight className="kith-menu-more" size={16} strokeWidth={1.75} aria-hidden="true" />
      </Base.SubmenuTrigger>
      <Base.Portal>
        <Base.Positioner
          className="kith-menu-positioner"
          sideOffset={2}
          alignOffset={-4}
          collisionPadding={8}
        >
          <Base.Popup className="kith-menu">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.SubmenuRoot>
  );
}

/** One of several, of which one holds. */
export function MenuChoice<V extends string>({
  legend,
  value,
  options,
  onChange,
}: {
  readonly legend: string;
  readonly value: V;
  readonly options: readonly { readonly value: V; readonly label: string }[];
  readonly onChange: (value: V) => void;
}) {
  return (
    <Base.RadioGroup aria-label={legend} value={value} onValueChange={(next: V) => onChange(next)}>
      {options.map((option) => (
        <Base.RadioItem key={option.value} className="kith-menu-item" value={option.value} closeOnClick>
          <span className="kith-menu-label">{option.label}</span>
          <Base.RadioItemIndicator render={<Check size={16} strokeWidth={2} aria-hidden="true" />} />
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}

/** A menu at a point or beside something, open while it is mounted. `finalFocus`: where the focus goes then. */
export function FloatingMenu({
  anchor,
  align = 'start',
  label,
  onClose,
  finalFocus,
  children,
}: {
  readonly anchor: Anchor;
  readonly align?: 'start' | 'end';
  readonly label: string;
  readonly onClose: () => void;
  readonly finalFocus: () => HTMLElement | false;
  readonly children: ReactNode;
}) {
  return (
    <Base.Root open onOpenChange={(open) => open || onClose()}>
      <Base.Portal>
        <Base.Positioner
          className="kith-menu-positioner"
          anchor={anchor instanceof Element ? anchor : pointAnchor(anchor)}
          align={align}
          side="bottom"
          sideOffset={4}
          collisionPadding={8}
          // At a point it moves until all of it is in sight; what it stands beside it does not cover.
          {...(!(anchor instanceof Element) && { collisionAvoidance: { side: 'shift', align: 'shift' } })}
        >
          <Base.Popup className="kith-menu" aria-label={label} finalFocus={finalFocus}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
