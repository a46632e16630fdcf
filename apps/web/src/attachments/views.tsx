/**
 * How attachments are drawn in a bubble. Each kind's own drawing is loaded when the first of it is seen; until then, and for
 * kinds that only a newer app knows, its one line stands there.
 */
import type { TimelineMessage } from '@kith/client';
import type { Attachment } from '@kith/protocol';
import { type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { GifRoom } from '../gifs/GifRoom.tsx';
import { FilesRoom } from '../media/files/FilesRoom.tsx';
import { attachmentIcon, attachmentLine } from './kinds.ts';
import './attachments.css';
import '../stickers/stickers.css';

export interface AttachmentViewProps<A extends Attachment = Attachment> {
  readonly attachment: A;
  readonly message: TimelineMessage;
  /** Time and ticks, when no text stands below that carries them. */
  readonly end: ReactNode;
}

const views: {
  readonly [T in Exclude<Attachment['type'], 'sticker' | 'gif' | 'files'>]: ComponentType<
    AttachmentViewProps<Extract<Attachment, { type: T }>>
  >;
} = {
  poll: lazy(() => import('./poll/PollView.tsx')),
  location: lazy(() => import('./LocationView.tsx')),
  contact: lazy(() => import('./ContactView.tsx')),
};

const StickerView = lazy(() => import('../stickers/StickerView.tsx'));
const GifView = lazy(() => import('../gifs/GifView.tsx'));
const FilesView = lazy(() => import('../media/files/FilesView.tsx'));

export function AttachmentView(props: AttachmentViewProps) {
  const { attachment } = props;
  switch (attachment.type) {
    case 'sticker':
      return (
        <Drawn end={props.end} room={<span className="kith-sticker" />}>
          <StickerView attachment={attachment} />
        </Drawn>
      );
    case 'gif':
      return (
        <Drawn end={props.end} room={<GifRoom gif={attachment} />}>
          <GifView attachment={attachment} />
        </Drawn>
      );
    case 'files':
      return (
        <Suspense fallback={<FilesRoom files={attachment.files} end={props.end} />}>
          <FilesView {...props} attachment={attachment} />
        </Suspense>
      );
    default: {
      const View = views[attachment.type] as ComponentType<AttachmentViewProps> | undefined;
      if (!View) return <Line {...props} />;
      return (
        <Suspense fallback={<Line {...props} />}>
          <View {...props} />
        </Suspense>
      );
    }
  }
}

/** What is on its way takes the room it will have. */
function Drawn({
  children,
  room,
  end,
}: {
  readonly children: ReactNode;
  readonly room: ReactNode;
  readonly end: ReactNode;
}) {
  return (
    <>
      <Suspense fallback={room}>{children}</Suspense>
      {end}
    </>
  );
}

function Line({ attachment, end }: AttachmentViewProps) {
  const Icon = attachmentIcon(attachment);
  return (
    <div className="kith-attachment-plain">
      {Icon && <Icon size={20} strokeWidth={1.75} aria-hidden="true" />}
      <span dir="auto">{attachmentLine(attachment)}</span>
      {end}
    </div>
  );
}
