/** Pictures and videos as squares, three in a row, by month. A press opens them over everything; held, there is a menu. */
import type { MessageRecord } from '@kith/protocol';
import { Forward, MessageSquareText } from 'lucide-react';
import { type CSSProperties, lazy, type MouseEvent, memo, Suspense, useMemo, useState } from 'react';
import { showMessage } from '../../app/panel.ts';
import { useMyId } from '../../app/people.ts';
import { useStable } from '../../app/useStable.ts';
import { t } from '../../i18n/index.ts';
import { useName } from '../../message/names.tsx';
import { formatDay } from '../../message/time.ts';
import { useLongPress } from '../../message/useLongPress.ts';
import { moveInGrid } from '../../picker/gridKeys.ts';
import { FloatingMenu, MenuItem } from '../../ui/Menu.tsx';
import { pictureLabel } from '../files/Album.tsx';
import { iconOf } from '../files/kind.ts';
import { fateText, Picture, usePicture } from '../files/Picture.tsx';
import { placeholderUrl } from '../files/placeholder.ts';
import { placeOfRecord } from '../files/source.ts';
import { clockText } from '../files/words.ts';
import { openViewer } from '../viewer/opened.ts';
import { type Item, itemsOf } from '../viewer/series.ts';
import type { ViewProps } from './Listed.tsx';
import { MonthHeading } from './MonthHeading.tsx';
import { byMonth } from './months.ts';
import './shared.css';

const ForwardDialog = lazy(() => import('../../message/ForwardDialog.tsx'));

interface Held {
  readonly item: Item;
  readonly from: HTMLElement;
  readonly point: { readonly x: number; readonly y: number };
}

const keyOf = ({ record, file }: Item): string => `${record.id} ${file.fileId}`;

export function MediaGrid({ records }: ViewProps) {
  // As the viewer leafs, the other way round: the newest is the first.
  const months = useMemo(
    () =>
      byMonth(
        records.flatMap((record) => [...itemsOf([record])].reverse()),
        ({ record }) => record.createdAt,
      ),
    [records],
  );
  const [active, setActive] = useState<string>();
  const [held, setHeld] = useState<Held>();
  const [forwarded, setForwarded] = useState<MessageRecord>();
  const onHold = useStable(setHeld);
  const [first] = months[0]?.items ?? [];
  const there = months.some(({ items }) => items.some((item) => keyOf(item) === active));
  const stop = there ? active : first && keyOf(first);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the pictures inside bubble to here.
    <div onKeyDown={moveInGrid}>
      {months.map(({ key, at, items }) => (
        <section key={key} className="kith-shared-month">
          <MonthHeading at={at} />
          <ul className="kith-shared-grid">
            {items.map((item) => {
              const itemKey = keyOf(item);
              return (
                <Tile
                  key={itemKey}
                  record={item.record}
                  file={item.file}
                  tabStop={itemKey === stop}
                  onActive={setActive}
                  onHold={onHold}
                />
              );
            })}
          </ul>
        </section>
      ))}
      {held && (
        <FloatingMenu
          anchor={held.point}
          label={t('message.moreActions')}
          onClose={() => setHeld(undefined)}
          finalFocus={() => held.from}
        >
          <MenuItem
            icon={MessageSquareText}
            onSelect={() => showMessage(held.item.record.conversationId, held.item.record.id)}
          >
            {t('viewer.jump')}
          </MenuItem>
          <MenuItem icon={Forward} onSelect={() => setForwarded(held.item.record)}>
            {t('message.forward')}
          </MenuItem>
        </FloatingMenu>
      )}
      {forwarded && (
        <Suspense fallback={null}>
          <ForwardDialog messages={[forwarded]} onClose={() => setForwarded(undefined)} />
        </Suspense>
      )}
    </div>
  );
}

/** A third of the panel, px: which of its files is sharp enough. */
const SIDE = 116;

const Tile = memo(function Tile({
  record,
  file,
  tabStop,
  onActive,
  onHold,
}: Item & {
  readonly tabStop: boolean;
  readonly onActive: (key: string) => void;
  readonly onHold: (held: Held) => void;
}) {
  const myId = useMyId();
  const name = useName(record.authorId) ?? t('names.someone');
  // What moves is still here: a wall of moving pictures is none to look at.
  const picture = usePicture(file, SIDE, false);
  const { fate, layers } = picture;
  const place = placeOfRecord(record);
  const blur = placeholderUrl(file.placeholder);
  const [element, setElement] = useState<HTMLButtonElement | null>(null);
  const hold = (point: { x: number; y: number }): void => {
    if (element) onHold({ item: { record, file }, from: element, point });
  };
  const press = useLongPress(hold);
  const onContextMenu = (event: MouseEvent): void => {
    event.preventDefault();
    // Android says it too, after the finger was held.
    if (!press.fired()) hold({ x: event.clientX, y: event.clientY });
  };
  const day = formatDay(new Date(record.createdAt).setHours(0, 0, 0, 0));
  const what = t('shared.by', {
    what: pictureLabel(file),
    name: record.authorId === myId ? t('names.you') : name,
    day,
  });
  const style: CSSProperties | undefined =
    blur === undefined ? undefined : { backgroundImage: `url("${blur}")` };
  const Icon = iconOf(file);
  return (
    <li>
      <button
        ref={setElement}
        type="button"
        className="kith-shared-tile"
        style={style}
        data-cell
        tabIndex={tabStop ? 0 : -1}
        aria-label={fate === 'fine' ? what : `${what}. ${fateText(fate)}`}
        onFocus={() => onActive(keyOf({ record, file }))}
        onContextMenu={onContextMenu}
        {...press.handlers}
        onClick={() => {
          if (fate === 'lost') picture.retry();
          else openViewer({ ...place, fileId: file.fileId }, record);
        }}
      >
        {layers.length === 0 && fate === 'fine' && blur === undefined && (
          <Icon size={28} strokeWidth={1.5} aria-hidden="true" />
        )}
        <Picture place={place} state={picture} alt="" />
        {(file.kind === 'video' || file.animated) && (
          <span className="kith-tile-sign" aria-hidden="true">
            {file.kind === 'video' ? clockText(file.duration ?? 0) : t('attachment.gif')}
          </span>
        )}
      </button>
    </li>
  );
});
