import { Popover } from '@base-ui/react/popover';
import type { Attachment } from '@kith/protocol';
import { lazy, type RefObject, Suspense } from 'react';
import { t } from '../i18n/index.ts';
import { Spinner } from '../ui/Spinner.tsx';
import { rememberEmoji } from './recents.ts';
import { useReturnFocus } from './useReturnFocus.ts';
import './emoji.css';
import '../picker/picker.css';

/** The picker and the data of two thousand emoji come when first opened. */
const EmojiPicker = lazy(() => import('./EmojiPicker.tsx'));
const Picker = lazy(() => import('../picker/Picker.tsx'));

export interface EmojiPopoverProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** What it stands beside. */
  readonly anchor: Element | null;
  readonly onPick: (emoji: string) => void;
  /** Offers stickers and GIFs besides, which are sent at once. */
  readonly onSend?: ((attachment: Attachment) => void) | undefined;
  /** Without those of this place. */
  readonly custom?: boolean;
  /** Stays open after a pick: while writing people choose several, as a reaction one. */
  readonly keepOpen?: boolean;
  /** What has the focus afterwards; else the message or text that had it before. */
  readonly returnTo?: RefObject<HTMLElement | null> | false;
}

/** The same in the place of a phone's keyboard. */
export function PickerSheet({
  onPick,
  onSend,
  onClose,
}: {
  readonly onPick: (emoji: string) => void;
  readonly onSend: (attachment: Attachment) => void;
  readonly onClose: () => void;
}) {
  const pick = (emoji: string) => {
    rememberEmoji(emoji);
    onPick(emoji);
  };
  return (
    <div className="kith-picker-sheet" role="group" aria-label={t('picker.label')}>
      <Choices onPick={pick} onSend={onSend} onClose={onClose} />
    </div>
  );
}

function Choices({
  onPick,
  onSend,
  onClose,
  custom = true,
}: Pick<EmojiPopoverProps, 'onPick' | 'onSend' | 'onClose' | 'custom'>) {
  return (
    <Suspense
      fallback={
        <span className="kith-emoji-wait">
          <Spinner />
        </span>
      }
    >
      {onSend ? (
        <Picker onPick={onPick} onSend={onSend} onLeave={onClose} />
      ) : (
        <EmojiPicker onPick={onPick} custom={custom} />
      )}
    </Suspense>
  );
}

export function EmojiPopover({
  open,
  onClose,
  anchor,
  onPick,
  onSend,
  custom = true,
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
          <Popover.Popup
            className="kith-emoji-popup"
            aria-label={onSend ? t('picker.label') : t('emoji.label')}
            finalFocus={returnTo ?? returnFocus}
          >
            <Choices
              onClose={onClose}
              onPick={pick}
              custom={custom}
              onSend={
                onSend &&
                ((attachment) => {
                  onClose();
                  onSend(attachment);
                })
              }
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
