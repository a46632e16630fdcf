import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { t } from '../i18n/index.ts';
import { IconButton } from './IconButton.tsx';

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** One line below the title, read with it. */
  readonly description?: string;
  /** Left of the title, for example a back button. */
  readonly lead?: ReactNode;
  readonly children: ReactNode;
  /** Buttons at the foot; they stay in sight while the middle scrolls. */
  readonly footer?: ReactNode;
  /** What takes the focus first; else the first thing that can. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
  /** `l` 760 px, `m` 440 px, `s` 360 px. On a phone every dialog is a sheet from below. */
  readonly size?: 's' | 'm' | 'l';
}

/** Holds the focus until closed, by Escape, the cross or a press outside, and gives it back. */
export function Dialog({
  open,
  onClose,
  title,
  description,
  lead,
  children,
  footer,
  initialFocus,
  size = 'm',
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="kith-scrim" />
        <Base.Viewport className="kith-dialog-viewport">
          <Base.Popup className="kith-dialog" data-size={size} {...(initialFocus && { initialFocus })}>
            <header className="kith-dialog-head">
              {lead}
              <div className="kith-dialog-titles">
                <Base.Title className="kith-dialog-title">{title}</Base.Title>
                {description && (
                  <Base.Description className="kith-dialog-description">{description}</Base.Description>
                )}
              </div>
              <Base.Close render={<IconButton icon={X} label={t('common.close')} bare />} />
            </header>
            <div className="kith-dialog-body">{children}</div>
            {footer && <footer className="kith-dialog-foot">{footer}</footer>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
