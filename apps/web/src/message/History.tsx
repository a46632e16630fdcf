/** What a message said before, each version with what it changed in the one before it. */
import type { TimelineMessage } from '@kith/client';
import type { Content, Output } from '@kith/protocol';
import { useMemo } from 'react';
import { useClient } from '../app/client.tsx';
import { PagesFoot } from '../app/PagesFoot.tsx';
import { usePages } from '../app/usePages.ts';
import { t } from '../i18n/index.ts';
import { changesOf, shortened } from './changes.ts';
import { Markdown } from './markdown/Markdown.tsx';
import { useNamed } from './names.tsx';
import { formatWhen } from './time.ts';

type Version = Output<'getMessageEdits'>['versions'][number];

export function History({
  message: { record },
  meId,
}: {
  readonly message: TimelineMessage;
  readonly meId: string | undefined;
}) {
  const client = useClient();
  const { conversationId, id, body, edited } = record;
  const pages = usePages<Version>(async (cursor) => {
    const page = await client.request('getMessageEdits', {
      conversationId,
      messageId: id,
      ...(cursor && { cursor }),
    });
    return { items: page.versions, next: page.next };
  });
  const now: Version[] = body.type === 'content' && edited ? [{ content: body.content, at: edited.at }] : [];
  const versions = [...now, ...pages.items];
  return (
    <section>
      <h3 className="kith-info-heading">{t('message.versions')}</h3>
      {pages.items.length > 0 && (
        <ul>
          {versions.map((version, at) => (
            <li key={version.at} className="kith-info-version">
              <p className="kith-info-when">
                <time dateTime={version.at}>{formatWhen(version.at)}</time>
                {at === 0 && <span>{t('message.versionNow')}</span>}
                {at === versions.length - 1 && !pages.more && <span>{t('message.versionFirst')}</span>}
              </p>
              <Words content={version.content} before={versions[at + 1]?.content} meId={meId} />
            </li>
          ))}
        </ul>
      )}
      <PagesFoot pages={pages} none={t('message.versionsNone')} />
    </section>
  );
}

/** `before`: the one it came from; undefined: the first, or not loaded yet. */
function Words({
  content,
  before,
  meId,
}: {
  readonly content: Content;
  readonly before: Content | undefined;
  readonly meId: string | undefined;
}) {
  if (content.type !== 'plain') return t('message.encryptedShort');
  if (before?.type !== 'plain') return <Markdown text={content.text} meId={meId} />;
  return <Changed before={before.text} after={content.text} meId={meId} />;
}

function Changed({
  before,
  after,
  meId,
}: {
  readonly before: string;
  readonly after: string;
  readonly meId: string | undefined;
}) {
  const [named, namedBefore] = [useNamed(after), useNamed(before)];
  const changes = useMemo(() => {
    const found = changesOf(namedBefore, named);
    return found && shortened(found);
  }, [namedBefore, named]);
  // Of another text altogether there is nothing to mark.
  if (!changes) return <Markdown text={after} meId={meId} />;
  return (
    <p className="kith-info-changes" dir="auto">
      {changes.map(({ type, text }, at) => {
        const Tag = type === 'removed' ? 'del' : type === 'added' ? 'ins' : 'span';
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no identity but their place.
        return <Tag key={at}>{text}</Tag>;
      })}
    </p>
  );
}
