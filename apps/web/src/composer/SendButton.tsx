import type { LucideIcon } from 'lucide-react';
import { memo, type Ref } from 'react';
import { useLongPress } from '../message/useLongPress.ts';
import { Spinner } from '../ui/Spinner.tsx';

/** Sends; a right click or a long press sends later. Drawn anew when it changes, not with each key. */
export const SendButton = memo(function SendButton({
  ref,
  icon: Icon,
  label,
  disabled,
  busy,
  onSend,
  onLater,
}: {
  readonly ref: Ref<HTMLButtonElement>;
  readonly icon: LucideIcon;
  readonly label: string;
  readonly disabled: boolean;
  /** It was pressed, and something is still to be done first. */
  readonly busy: boolean;
  readonly onSend: () => void;
  readonly onLater: (() => void) | undefined;
}) {
  const longPress = useLongPress(() => onLater?.());
  return (
    <button
      ref={ref}
      type="button"
      className="kith-composer-send"
      aria-label={label}
      aria-keyshortcuts={onLater && 'Shift+F10'}
      aria-busy={busy || undefined}
      disabled={disabled}
      // The keyboard of a phone stays up for the next message.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => longPress.fired() || onSend()}
      onContextMenu={(event) => {
        if (!onLater) return;
        event.preventDefault();
        if (!longPress.fired()) onLater();
      }}
      {...(onLater && longPress.handlers)}
    >
      {busy ? <Spinner size={20} /> : <Icon size={20} strokeWidth={2.25} aria-hidden="true" />}
    </button>
  );
});
