/** The button before the composer's text: what can be sent besides words, and words later. */
import type { Attachment } from '@kith/protocol';
import { CalendarClock, Plus } from 'lucide-react';
import { memo, Suspense, useState } from 'react';
import { focusComposer } from '../composer/intent.ts';
import { t } from '../i18n/index.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import { type AttachEntry, attachEntries } from './entries.ts';

export interface AttachButtonProps {
  readonly conversationId: string;
  /** Where the writing goes on afterwards. */
  readonly place: string;
  /** Whether it is on its way. */
  readonly onAttach: (attachment: Attachment) => boolean;
  /** Sends what is written later; undefined: nothing is. */
  readonly onLater: (() => void) | undefined;
}

/** Drawn anew when it changes, not with each key. */
export const AttachButton = memo(function AttachButton({
  conversationId,
  place,
  onAttach,
  onLater,
}: AttachButtonProps) {
  const [entry, setEntry] = useState<AttachEntry>();
  const close = () => {
    setEntry(undefined);
    focusComposer(place);
  };
  const send = (attachment: Attachment) => {
    // Else the dialog stays: refused words are not lost words.
    if (onAttach(attachment)) close();
  };
  return (
    <>
      <Menu align="start" side="top" trigger={<IconButton icon={Plus} label={t('composer.attach')} />}>
        {attachEntries.map((one) => (
          <MenuItem key={one.id} icon={one.icon} onSelect={() => setEntry(one)}>
            {t(one.label)}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem icon={CalendarClock} disabled={!onLater} onSelect={() => onLater?.()}>
          {t('later.title')}
        </MenuItem>
      </Menu>
      {entry && (
        <Suspense fallback={null}>
          <entry.Dialog conversationId={conversationId} onSend={send} onClose={close} />
        </Suspense>
      )}
    </>
  );
});
