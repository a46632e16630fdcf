/** The button before the composer's text: what can be sent besides words, and words later. */
import type { OutgoingFile } from '@kith/client';
import type { Attachment } from '@kith/protocol';
import { CalendarClock, Plus } from 'lucide-react';
import { memo, Suspense, useRef, useState } from 'react';
import { pointerFine, useMedia } from '../app/media.ts';
import { focusComposer } from '../composer/intent.ts';
import { t } from '../i18n/index.ts';
import { useTakesFiles } from '../media/takesFiles.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import { type AttachEntry, attachEntries, fileEntries } from './entries.ts';

export interface AttachButtonProps {
  readonly conversationId: string;
  /** Where the writing goes on afterwards. */
  readonly place: string;
  /** Whether it is on its way. */
  readonly onAttach: (attachment: Attachment) => boolean;
  /** Sends what was recorded; whether it is on its way. */
  readonly onRecord: (file: OutgoingFile) => boolean;
  /** Files that were chosen. */
  readonly onFiles: (files: readonly File[]) => void;
  /** Sends what is written later; undefined: nothing is. */
  readonly onLater: (() => void) | undefined;
}

/** Drawn anew when it changes, not with each key. */
export const AttachButton = memo(function AttachButton({
  conversationId,
  place,
  onAttach,
  onRecord,
  onFiles,
  onLater,
}: AttachButtonProps) {
  const mouse = useMedia(pointerFine);
  const inputs = useRef(new Map<string, HTMLInputElement | null>());
  const takesFiles = useTakesFiles(conversationId);
  const choices = takesFiles ? fileEntries.filter(({ camera }) => !camera || !mouse) : [];
  const [entry, setEntry] = useState<AttachEntry>();
  const close = () => {
    setEntry(undefined);
    focusComposer(place);
  };
  const send = (attachment: Attachment) => {
    // Else the dialog stays: refused words are not lost words.
    if (onAttach(attachment)) close();
  };
  const record = (file: OutgoingFile) => {
    if (onRecord(file)) close();
  };
  return (
    <>
      <Menu align="start" side="top" trigger={<IconButton icon={Plus} label={t('composer.attach')} />}>
        {choices.map((one) => (
          <MenuItem key={one.id} icon={one.icon} onSelect={() => inputs.current.get(one.id)?.click()}>
            {t(one.label)}
          </MenuItem>
        ))}
        {takesFiles && <MenuSeparator />}
        {attachEntries
          .filter(({ films }) => !films || takesFiles)
          .map((one) => (
            <MenuItem key={one.id} icon={one.icon} onSelect={() => setEntry(one)}>
              {t(one.label)}
            </MenuItem>
          ))}
        <MenuSeparator />
        <MenuItem icon={CalendarClock} disabled={!onLater} onSelect={() => onLater?.()}>
          {t('later.title')}
        </MenuItem>
      </Menu>
      {choices.map((one) => (
        <input
          key={one.id}
          ref={(input) => {
            inputs.current.set(one.id, input);
          }}
          type="file"
          hidden
          data-attach={one.id}
          accept={one.accept}
          {...(one.camera ? { capture: 'environment' } : { multiple: true })}
          onChange={({ target }) => {
            onFiles([...(target.files ?? [])]);
            // The same file may be chosen again.
            target.value = '';
            focusComposer(place);
          }}
        />
      ))}
      {entry && (
        <Suspense fallback={null}>
          <entry.Dialog conversationId={conversationId} onSend={send} onRecord={record} onClose={close} />
        </Suspense>
      )}
    </>
  );
});
