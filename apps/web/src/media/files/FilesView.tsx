/** What a message's files look like in its bubble: pictures together on top, the rest below in their order. */

import type { TimelineMessage } from '@kith/client';
import type { FilesAttachment, MessageFile } from '@kith/protocol';
import { type ComponentType, lazy, Suspense } from 'react';
import type { AttachmentViewProps } from '../../attachments/views.tsx';
import { Album } from './Album.tsx';
import { FileRow } from './FileRow.tsx';
import { arranged, FileRoom } from './FilesRoom.tsx';

interface FileProps {
  readonly file: MessageFile;
  readonly message: TimelineMessage;
}

/** What plays. Loaded when the first of it is seen. */
const players: Readonly<Partial<Record<MessageFile['kind'], ComponentType<FileProps>>>> = {
  voice: lazy(() => import('../play/VoiceView.tsx')),
  audio: lazy(() => import('../play/AudioView.tsx')),
  round: lazy(() => import('../play/RoundView.tsx')),
};

export default function FilesView({ attachment, message, end }: AttachmentViewProps<FilesAttachment>) {
  const { pictures, others } = arranged(attachment.files);
  return (
    <div className="kith-files">
      {pictures.length > 0 && (
        <Album files={pictures} message={message} captioned={!end} end={others.length === 0 && end} />
      )}
      {others.map((file) => (
        <Other key={file.fileId} file={file} message={message} />
      ))}
      {others.length > 0 && end}
    </div>
  );
}

function Other({ file, message }: FileProps) {
  const Player = players[file.kind];
  if (!Player) return <FileRow file={file} message={message} />;
  return (
    <Suspense fallback={<FileRoom file={file} />}>
      <Player file={file} message={message} />
    </Suspense>
  );
}
