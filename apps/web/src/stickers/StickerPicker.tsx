/** Stickers to choose from: the recent ones, Kaki, and the packs one has. One pack at a time; a search looks through all that were seen. */
import type { KithClient } from '@kith/client';
import type { Sticker, StickerAttachment } from '@kith/protocol';
import { Clock, Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { fold, useIsGuest } from '../app/people.ts';
import { t } from '../i18n/index.ts';
import { focusFirstCell, moveInGrid } from '../picker/gridKeys.ts';
import { SearchRow } from '../picker/SearchRow.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { toastError } from '../ui/toast.ts';
import { KAKI_SIDE, kaki, kakiSticker, kakiText } from './kaki.ts';
import { openPack, type PackDialog, usePacks } from './packs.ts';
import { recentStickers, rememberSticker } from './recents.ts';
import './stickers.css';

const RECENT = 'recent';
const KAKI = 'kaki';

const ofKaki = (): StickerAttachment[] =>
  kaki.map(({ name, emoji }) => ({
    type: 'sticker',
    stickerId: name,
    width: KAKI_SIDE,
    height: KAKI_SIDE,
    emoji,
    alt: kakiText(name),
  }));

const ofPack =
  (packId: string) =>
  ({ id, blobId, ...sticker }: Sticker): StickerAttachment => ({
    type: 'sticker',
    packId,
    stickerId: id,
    blobId,
    ...sticker,
  });

export default function StickerPicker({
  onSend,
  onLeave,
}: {
  readonly onSend: (sticker: StickerAttachment) => void;
  /** A dialog opens that this would lie over. */
  readonly onLeave: () => void;
}) {
  const isGuest = useIsGuest();
  const client = useClient();
  const packs = usePacks() ?? [];
  // What is chosen must not move under the pointer.
  const [recent] = useState(recentStickers);
  const [section, setSection] = useState(recent.length > 0 ? RECENT : KAKI);
  const [query, setQuery] = useState('');
  const seen = usePackStickers(client, section === RECENT || section === KAKI ? undefined : section);
  const grid = useRef<HTMLDivElement>(null);

  const shown = query.trim() === '' ? stickersOf(section, recent, seen) : found(query, seen);
  const send = (sticker: StickerAttachment) => {
    rememberSticker(sticker);
    onSend(sticker);
  };
  return (
    <div className="kith-picker-body">
      <SearchRow
        label={t('sticker.search')}
        value={query}
        onChange={setQuery}
        onDown={() => focusFirstCell(grid.current)}
      />
      <div className="kith-picker-scroll">
        {shown === undefined ? (
          <span className="kith-emoji-wait">
            <Spinner />
          </span>
        ) : shown.length === 0 ? (
          <p className="kith-picker-note">{query ? t('sticker.none', { query }) : t('sticker.emptyPack')}</p>
        ) : (
          <div
            ref={grid}
            className="kith-sticker-grid"
            role="group"
            aria-label={t('picker.stickers')}
            onKeyDown={moveInGrid}
          >
            {shown.map((sticker) => (
              <Cell
                key={`${sticker.packId ?? ''} ${sticker.stickerId}`}
                sticker={sticker}
                client={client}
                onPick={send}
              />
            ))}
          </div>
        )}
      </div>
      <nav className="kith-picker-packs" aria-label={t('sticker.packs')}>
        {recent.length > 0 && (
          <PackButton name={t('emoji.recent')} current={section === RECENT} onClick={() => choose(RECENT)}>
            <Clock size={18} strokeWidth={1.75} aria-hidden="true" />
          </PackButton>
        )}
        <PackButton name="Kaki" current={section === KAKI} onClick={() => choose(KAKI)}>
          <img src={kaki[0]?.url} alt="" />
        </PackButton>
        {packs.map((pack) => (
          <PackButton
            key={pack.id}
            name={pack.name}
            current={section === pack.id}
            onClick={() => choose(pack.id)}
            onLook={() => look({ type: 'view', packId: pack.id })}
          >
            {pack.cover ? <img src={client.blobs.url(pack.cover.blobId)} alt="" /> : pack.name.slice(0, 2)}
          </PackButton>
        ))}
        {!isGuest && (
          <PackButton name={t('sticker.newPack')} current={false} onClick={() => look({ type: 'create' })}>
            <Plus size={18} strokeWidth={1.75} aria-hidden="true" />
          </PackButton>
        )}
      </nav>
    </div>
  );

  function look(what: PackDialog) {
    onLeave();
    openPack(what);
  }

  function choose(next: string) {
    setQuery('');
    setSection(next);
  }
}

interface PackButtonProps {
  readonly name: string;
  readonly current: boolean;
  readonly onClick: () => void;
  readonly onLook?: () => void;
  readonly children: React.ReactNode;
}

/** A second press on the pack that is shown opens it: there it is changed or removed. */
function PackButton({ name, current, onClick, onLook, children }: PackButtonProps) {
  return (
    <button
      type="button"
      title={name}
      aria-label={name}
      aria-current={current ? 'true' : undefined}
      onClick={() => (current && onLook ? onLook() : onClick())}
      onContextMenu={(event) => {
        if (!onLook) return;
        event.preventDefault();
        onLook();
      }}
    >
      {children}
    </button>
  );
}

function Cell({
  sticker,
  client,
  onPick,
}: {
  readonly sticker: StickerAttachment;
  readonly client: KithClient;
  readonly onPick: (sticker: StickerAttachment) => void;
}) {
  const own = sticker.packId === undefined ? kakiSticker(sticker.stickerId) : undefined;
  const alt = own ? kakiText(own.name) : sticker.alt;
  const url = own?.url ?? (sticker.blobId === undefined ? undefined : client.blobs.url(sticker.blobId));
  return (
    <button
      type="button"
      className="kith-sticker-cell"
      data-cell
      title={`${sticker.emoji} ${alt}`}
      aria-label={alt}
      onClick={() => onPick(sticker)}
    >
      <img src={url} alt="" loading="lazy" draggable={false} />
    </button>
  );
}

type Seen = ReadonlyMap<string, readonly StickerAttachment[]>;

/** The stickers of the packs that were looked at; the pack asked for is fetched. */
function usePackStickers(client: KithClient, packId: string | undefined): Seen {
  const [seen, setSeen] = useState<Seen>(new Map());
  useEffect(() => {
    if (packId === undefined) return;
    let wanted = true;
    client.request('getStickerPack', { packId }).then(
      ({ stickers }) =>
        wanted && setSeen((before) => new Map(before).set(packId, stickers.map(ofPack(packId)))),
      (error: unknown) => wanted && toastError(error),
    );
    return () => {
      wanted = false;
    };
  }, [client, packId]);
  return seen;
}

/** Undefined while it is on its way. */
function stickersOf(
  section: string,
  recent: readonly StickerAttachment[],
  seen: Seen,
): readonly StickerAttachment[] | undefined {
  if (section === RECENT) return recent;
  return section === KAKI ? ofKaki() : seen.get(section);
}

function found(query: string, seen: Seen): readonly StickerAttachment[] {
  const wanted = fold(query.trim());
  return [...ofKaki(), ...[...seen.values()].flat()].filter(
    ({ emoji, alt, stickerId }) =>
      emoji === query.trim() ||
      stickerId === wanted ||
      fold(alt)
        .split(/\s+/)
        .some((word) => word.startsWith(wanted)),
  );
}
