/** The pane around a composer takes files that are dropped or pasted on it, and says so while they hang over it. */
import type { ConversationEntry } from '@kith/client';
import { FileUp } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useClient, useReadable } from '../../app/client.tsx';
import { overPane, takeFiles } from '../../app/files.ts';
import { useFace } from '../../app/people.ts';
import { useStable } from '../../app/useStable.ts';
import { t } from '../../i18n/index.ts';
import './drop.css';

export interface DropZoneProps {
  readonly conversationId: string;
  /** What they would be sent to; `nothing`: none is taken now, and `onFiles` says why. */
  readonly to: 'conversation' | 'thread' | 'nothing';
  readonly onFiles: (files: readonly File[]) => void;
  /** Files that wait to be sent. */
  readonly count?: number;
}

export function DropZone({ conversationId, to, onFiles, count = 0 }: DropZoneProps) {
  const mark = useRef<HTMLSpanElement>(null);
  const [pane, setPane] = useState<Element | null>(null);
  const take = useStable(onFiles);
  useEffect(() => {
    const found = mark.current?.closest('.kith-main, .kith-side') ?? null;
    setPane(found);
    return found ? takeFiles({ pane: found, take }) : undefined;
  }, [take]);
  const over = overPane.use();
  return (
    <>
      <span ref={mark} className="kith-hidden" role="status">
        {count > 0 && t('tray.count', { count })}
      </span>
      {pane &&
        over === pane &&
        to !== 'nothing' &&
        createPortal(
          <div className="kith-drop">
            <span className="kith-drop-words">
              <FileUp size={22} strokeWidth={1.75} aria-hidden="true" />
              {to === 'thread' ? t('drop.thread') : <Invitation conversationId={conversationId} />}
            </span>
          </div>,
          pane,
        )}
    </>
  );
}

function Invitation({ conversationId }: { readonly conversationId: string }) {
  const entry = useReadable(useClient().conversations.get(conversationId));
  return entry ? <Named entry={entry} /> : null;
}

const Named = ({ entry }: { readonly entry: ConversationEntry }) =>
  t('drop.here', { name: useFace(entry).name });
