/** What is no picture, as rows: documents, links, recordings. Each says who shared it and when, and leads to its message. */
import type { TimelineMessage } from '@kith/client';
import type { MessageFile, MessageRecord } from '@kith/protocol';
import { Link as LinkIcon, MessageSquareText } from 'lucide-react';
import { type ComponentType, lazy, memo, type ReactNode, Suspense, useMemo } from 'react';
import { showMessage } from '../../app/panel.ts';
import { useMyId } from '../../app/people.ts';
import { fullTime, rowTime, useToday } from '../../app/time.ts';
import { t } from '../../i18n/index.ts';
import { textOf } from '../../message/excerpt.ts';
import { useName, usePlainPreview } from '../../message/names.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { FileRow } from '../files/FileRow.tsx';
import { FileRoom } from '../files/FilesRoom.tsx';
import { filesOf } from '../viewer/series.ts';
import type { ViewProps } from './Listed.tsx';
import { type Link, linksOf } from './links.ts';
import { MonthHeading } from './MonthHeading.tsx';
import { byMonth } from './months.ts';
import './shared.css';

interface FileProps {
  readonly file: MessageFile;
  readonly message: TimelineMessage;
}

const VoiceView = lazy(() => import('../play/VoiceView.tsx'));
const RoundView = lazy(() => import('../play/RoundView.tsx'));
const AudioView = lazy(() => import('../play/AudioView.tsx'));

const fileViews: Readonly<Partial<Record<MessageFile['kind'], ComponentType<FileProps>>>> = {
  file: FileRow,
  audio: AudioView,
};
const voiceViews: typeof fileViews = { voice: VoiceView, round: RoundView };

export const FileRows = ({ records }: ViewProps) => <FilesBy records={records} views={fileViews} />;
export const VoiceRows = ({ records }: ViewProps) => <FilesBy records={records} views={voiceViews} />;

function FilesBy({ records, views }: ViewProps & { readonly views: typeof fileViews }) {
  const items = useMemo(
    () =>
      records.flatMap((record) =>
        filesOf(record).flatMap((file) => (views[file.kind] ? [{ record, file }] : [])),
      ),
    [records, views],
  );
  return (
    <Months items={items}>
      {({ record, file }) => <OneFile key={file.fileId} record={record} file={file} views={views} />}
    </Months>
  );
}

const OneFile = memo(function OneFile({
  record,
  file,
  views,
}: {
  readonly record: MessageRecord;
  readonly file: MessageFile;
  readonly views: typeof fileViews;
}) {
  const View = views[file.kind];
  // What is listed by the server has been sent.
  const message = useMemo<TimelineMessage>(() => ({ key: record.id, record, state: 'sent' }), [record]);
  return (
    View && (
      <Row record={record} kind={file.kind}>
        <Suspense fallback={<FileRoom file={file} />}>
          <View file={file} message={message} />
        </Suspense>
      </Row>
    )
  );
});

export function LinkRows({ records }: ViewProps) {
  const items = useMemo(
    () => records.flatMap((record) => linksOf(record).map((link) => ({ record, link }))),
    [records],
  );
  return (
    <Months items={items}>
      {({ record, link }) => <OneLink key={`${record.id} ${link.href}`} record={record} link={link} />}
    </Months>
  );
}

function OneLink({ record, link }: { readonly record: MessageRecord; readonly link: Link }) {
  const { href, address, preview, alone } = link;
  const words = usePlainPreview(textOf(record.body));
  const host = address.split('/', 1)[0] ?? address;
  const title = preview?.title || (alone ? host : words);
  return (
    <Row record={record} kind="link">
      <a className="kith-shared-link" href={href} target="_blank" rel="noopener noreferrer nofollow" data-row>
        <span className="kith-shared-sign">
          {preview?.image ? (
            <img src={preview.image.path} alt="" loading="lazy" decoding="async" />
          ) : (
            <LinkIcon size={20} strokeWidth={1.75} aria-hidden="true" />
          )}
        </span>
        <span className="kith-shared-lines">
          <span className="kith-shared-title" dir="auto">
            {title}
          </span>
          {/* Where it leads, whatever it is called. */}
          <span className="kith-shared-address" dir="ltr">
            {address}
          </span>
        </span>
      </a>
    </Row>
  );
}

function Months<T extends { readonly record: MessageRecord }>({
  items,
  children,
}: {
  readonly items: readonly T[];
  readonly children: (item: T) => ReactNode;
}) {
  const months = useMemo(() => byMonth(items, ({ record }) => record.createdAt), [items]);
  return months.map(({ key, at, items: own }) => (
    <section key={key} className="kith-shared-month">
      <MonthHeading at={at} />
      <ul>{own.map(children)}</ul>
    </section>
  ));
}

function Row({
  record,
  kind,
  children,
}: {
  readonly record: MessageRecord;
  readonly kind: MessageFile['kind'] | 'link';
  readonly children: ReactNode;
}) {
  const myId = useMyId();
  const today = useToday();
  const name = useName(record.authorId) ?? t('names.someone');
  const at = Date.parse(record.createdAt);
  return (
    <li className="kith-shared-row" data-kind={kind}>
      <div className="kith-shared-body">
        {children}
        <p className="kith-shared-from">
          <bdi>{record.authorId === myId ? t('names.you') : name}</bdi>
          {' · '}
          <time dateTime={record.createdAt} title={fullTime(at)}>
            {rowTime(at, today)}
          </time>
        </p>
      </div>
      <IconButton
        icon={MessageSquareText}
        size="s"
        label={t('viewer.jump')}
        onClick={() => showMessage(record.conversationId, record.id)}
      />
    </li>
  );
}
