/** What happened to the conversation itself: one quiet line; many in a row fold into one. */
import type { TimelineMessage } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { memo, useState } from 'react';
import { rich, t } from '../i18n/index.ts';
import { richList } from '../i18n/words.ts';
import { useMessageContext } from './context.tsx';
import { isExpanded, setExpanded } from './long.ts';
import { UserName } from './names.tsx';
import { deedOf } from './system.ts';
import { formatFull } from './time.ts';

/** So many are shown as they are. */
const FOLD_ABOVE = 3;
/** Names before "and 4 others". */
const NAMES = 4;

export const SystemRow = memo(function SystemRow({
  messages,
}: {
  readonly messages: readonly TimelineMessage[];
}) {
  const key = messages[0]?.key ?? '';
  const [open, setOpen] = useState(() => isExpanded(key));
  const folded = messages.length > FOLD_ABOVE && !open;
  const shown = folded ? messages.slice(0, 1) : messages;
  return (
    <div className="kith-system">
      {shown.map(({ key: id, record }) => (
        <p key={id} title={formatFull(record.createdAt)}>
          <SystemText record={record} />
        </p>
      ))}
      {folded && (
        <button
          type="button"
          onClick={() => {
            setExpanded(key, true);
            setOpen(true);
          }}
        >
          {t('system.more', { count: messages.length - 1 })}
        </button>
      )}
    </div>
  );
});

export function SystemText({ record }: { readonly record: MessageRecord }) {
  const { meId } = useMessageContext();
  if (record.body.type !== 'system') return null;
  const { key, whom, words } = deedOf(record.body.event, record.authorId, meId);
  const written = Object.entries(words).map(([name, word]) => [name, <b key={name}>{word}</b>] as const);
  return rich(key, {
    ...Object.fromEntries(written),
    who: <Person id={record.authorId} meId={meId} />,
    whom: <People ids={whom} meId={meId} />,
  });
}

function Person({ id, meId }: { readonly id: string; readonly meId: string | undefined }) {
  return (
    <b>
      <UserName id={id} you={id === meId ? t('names.youAmong') : undefined} />
    </b>
  );
}

function People({ ids, meId }: { readonly ids: readonly string[]; readonly meId: string | undefined }) {
  const shown = ids.length > NAMES + 1 ? ids.slice(0, NAMES) : ids;
  const rest = ids.length - shown.length;
  const named = shown.map((id) => <Person key={id} id={id} meId={meId} />);
  return richList(rest > 0 ? [...named, <span key="">{t('names.others', { count: rest })}</span>] : named);
}
