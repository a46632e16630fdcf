import { Popover } from '@base-ui/react/popover';
import { lazy, type RefObject, Suspense } from 'react';
import { Spinner } from '../ui/Spinner.tsx';
import { rememberEmoji } from './recents.ts';
import { useReturnFocus } from './useReturnFocus.ts';
import './emoji.css';

/** The picker and the data of two thousand emoji come when first opened. */
const EmojiPicker = lazy(() => import('./EmojiPicker.tsx'));

export interface EmojiPopoverProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** What it stands beside. */
  readonly anchor: Element | null;
  readonly onPick: (emoji: string) => void;
  /** Stays open after a pick: while writing people choose several, as a reaction one. */
  readonly keepOpen?: boolean;
  /** What has the focus afterwards; else the message or text that had it before. */
  readonly returnTo?: RefObject<HTMLElement | null> | false;
}

export function EmojiPopover({
  open,
  onClose,
  anchor,
  onPick,
  keepOpen = false,
  returnTo,
}: EmojiPopoverProps) {
  const returnFocus = useReturnFocus();
  const pick = (emoji: string) => {
    rememberEmoji(emoji);
    onPick(emoji);
    if (!keepOpen) onClose();
  };
  return (
    <Popover.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Popover.Portal>
        <Popover.Positioner
          className="kith-emoji-positioner"
          anchor={anchor}
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={8}
        >
          <Popover.Popup className="kith-emoji-popup" aria-label="Emoji" finalFocus={returnTo ?? returnFocus}>
            <Suspense
              fallback={
                <span className="kith-emoji-wait">
                  <Spinner />
                </span>
              }
            >
              <EmojiPicker onPick={pick} />
            </Suspense>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
