/** The chosen files above the text field: what will go, how much it is, and what of it cannot. */
import { ChevronDown, Play, Plus, X } from 'lucide-react';
import { type KeyboardEvent, lazy, Suspense, useRef, useState } from 'react';
import { useClient } from '../../app/client.tsx';
import { useStable } from '../../app/useStable.ts';
import { focusComposer } from '../../composer/intent.ts';
import { type Key, t } from '../../i18n/index.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Menu, MenuChoice } from '../../ui/Menu.tsx';
import { Spinner } from '../../ui/Spinner.tsx';
import { FileName } from '../files/FileName.tsx';
import { iconOf } from '../files/kind.ts';
import { clockText, sizeText } from '../files/words.ts';
import { type Manner, manners } from '../prepare/choice.ts';
import { type Fault, faultsOf } from './judge.ts';
import { addFiles, type Chosen, removeFiles, setManner, useTray } from './tray.ts';
import './tray.css';

const ChosenView = lazy(() => import('./ChosenView.tsx'));

const mannerNames: Readonly<Record<Manner, Key>> = {
  standard: 'tray.standard',
  high: 'tray.high',
  original: 'tray.original',
  file: 'tray.asFiles',
};

export interface TrayProps {
  readonly conversationId: string;
  readonly place: string;
}

export default function Tray({ conversationId, place }: TrayProps) {
  const client = useClient();
  const { chosen, manner, limits } = useTray(place);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [looking, setLooking] = useState<number>();
  const seeable = chosen.filter(isSeeable);
  const lookingAt = seeable.findIndex(({ id }) => id === looking);
  const lookAt = (at: number): (() => void) | undefined => {
    const one = seeable[at];
    return one && (() => setLooking(one.id));
  };
  const looked = seeable[lookingAt];
  const faults = faultsOf(chosen, manner, limits);
  const refused = new Set(faults.flatMap((fault) => (fault.type === 'room' ? [] : fault.of)));
  const ready = chosen.every(({ state }) => state.type === 'ready');
  const bytes = chosen.reduce(
    (sum, { state }) => sum + (state.type === 'ready' ? state.file.data.size : 0),
    0,
  );
  const remove = useStable((ids: readonly number[]) => {
    removeFiles(place, ids);
    focusComposer(place);
  });

  const onKeyDown = (event: KeyboardEvent) => {
    // The last one adds more.
    const tiles = [...(list.current?.children ?? [])];
    const at = tiles.findIndex((tile) => tile.contains(document.activeElement));
    const focus = (tile: Element | undefined): void => tile?.querySelector('button')?.focus();
    const one = chosen[at];
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    switch (event.key) {
      case 'ArrowLeft':
      case 'ArrowRight':
        focus(tiles[at + (event.key === forward ? 1 : -1)]);
        break;
      case 'Delete':
      case 'Backspace':
        if (!one) return;
        // On with the next one, so that several can go.
        focus(tiles[at + 1 === chosen.length ? at - 1 : at + 1]);
        removeFiles(place, [one.id]);
        if (chosen.length === 1) focusComposer(place);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <div className="kith-tray">
      <div className="kith-tray-head">
        <span className="kith-tray-sum">
          {t('tray.count', { count: chosen.length })}
          {ready && <span> · {sizeText(bytes)}</span>}
        </span>
        {chosen.some(isSeen) && (
          <Menu
            side="top"
            trigger={
              <button type="button" className="kith-tray-manner">
                {t(mannerNames[manner])}
                <ChevronDown size={14} strokeWidth={2} aria-hidden="true" />
              </button>
            }
          >
            <MenuChoice
              legend={t('tray.manner')}
              value={manner}
              options={manners.map((value) => ({ value, label: t(mannerNames[value]) }))}
              onChange={(next) => setManner(place, next)}
            />
          </Menu>
        )}
        <IconButton
          icon={X}
          size="s"
          label={t('tray.clear')}
          onClick={() => remove(chosen.map(({ id }) => id))}
        />
      </div>
      <ul ref={list} className="kith-tray-list" aria-label={t('tray.title')} onKeyDown={onKeyDown}>
        {chosen.map((one) => (
          <Tile
            key={one.id}
            one={one}
            manner={manner}
            refused={refused.has(one)}
            onLook={() => setLooking(one.id)}
            onRemove={() => remove([one.id])}
          />
        ))}
        <li>
          <button
            type="button"
            className="kith-tray-add"
            aria-label={t('tray.add')}
            data-tip={t('tray.add')}
            onClick={() => input.current?.click()}
          >
            <Plus size={20} strokeWidth={1.75} aria-hidden="true" />
          </button>
        </li>
      </ul>
      {faults.map((fault) => (
        <p key={fault.type} className="kith-tray-fault" role="alert">
          <span>{faultText(fault)}</span>
          {fault.type !== 'room' && (
            <Button kind="plain" onClick={() => remove(fault.of.map(({ id }) => id))}>
              {t('tray.takeOut')}
            </Button>
          )}
        </p>
      ))}
      {looked && (
        <Suspense fallback={null}>
          <ChosenView
            id={looked.id}
            file={looked.state.file}
            onBefore={lookAt(lookingAt - 1)}
            onAfter={lookAt(lookingAt + 1)}
            onRemove={() => {
              setLooking((seeable[lookingAt + 1] ?? seeable[lookingAt - 1])?.id);
              removeFiles(place, [looked.id]);
            }}
            onClose={() => setLooking(undefined)}
          />
        </Suspense>
      )}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          addFiles(client, conversationId, place, [...(target.files ?? [])]);
          // The same file may be chosen again.
          target.value = '';
          focusComposer(place);
        }}
      />
    </div>
  );
}

/** Pictures and videos, of which there is a choice how they go. */
const isSeen = ({ source }: Chosen): boolean => /^(?:image|video)\//.test(source.type);

type Seeable = Chosen & { readonly state: Extract<Chosen['state'], { type: 'ready' }> };

/** Ready, and something that this browser draws. */
const isSeeable = (one: Chosen): one is Seeable =>
  one.state.type === 'ready' && one.state.file.kind !== 'file' && one.preview !== undefined;

function Tile({
  one,
  manner,
  refused,
  onLook,
  onRemove,
}: {
  readonly one: Chosen;
  readonly manner: Manner;
  readonly refused: boolean;
  readonly onLook: () => void;
  readonly onRemove: () => void;
}) {
  const { source, state, preview } = one;
  const file = state.type === 'ready' ? state.file : undefined;
  const asPicture = file ? file.kind !== 'file' && preview !== undefined : manner !== 'file' && isSeen(one);
  const name = file?.name ?? source.name;
  const size = sizeText(file?.data.size ?? source.size);
  const Icon = iconOf(file ?? { mime: source.type });
  return (
    <li
      className="kith-tray-file"
      data-picture={asPicture || undefined}
      data-refused={refused || undefined}
      aria-busy={!file || undefined}
    >
      <span className="kith-tray-picture">
        {preview ? (
          <img src={preview} alt="" draggable={false} />
        ) : (
          file && <Icon size={22} strokeWidth={1.5} aria-hidden="true" />
        )}
        {!file && <Spinner className="kith-tray-spinner" size={20} />}
        {file?.kind === 'video' && asPicture && (
          <span className="kith-tray-length">
            <Play size={10} strokeWidth={2} fill="currentColor" aria-hidden="true" />
            {file.duration !== undefined && clockText(file.duration)}
          </span>
        )}
      </span>
      <span className={asPicture ? 'kith-hidden' : 'kith-tray-lines'}>
        <FileName name={name} />
        <span className="kith-tray-size">
          {file?.duration === undefined ? size : `${clockText(file.duration)} · ${size}`}
        </span>
      </span>
      {!file && <span className="kith-hidden">{t('tray.preparing')}</span>}
      {isSeeable(one) && (
        <button
          type="button"
          className="kith-tray-look"
          aria-label={t('tray.lookAt', { name })}
          onClick={onLook}
        />
      )}
      <button
        type="button"
        className="kith-tray-remove"
        aria-label={t('tray.remove', { name })}
        aria-keyshortcuts="Delete"
        onClick={onRemove}
      >
        <X size={14} strokeWidth={2.25} aria-hidden="true" />
      </button>
    </li>
  );
}

function faultText(fault: Fault): string {
  switch (fault.type) {
    case 'size': {
      const most = sizeText(fault.most);
      const [first, another] = fault.of;
      return first && !another
        ? t('tray.large', { name: first.source.name, size: sizeText(fault.size), most })
        : t('tray.largeMany', { count: fault.of.length, most });
    }
    case 'kind':
      if (fault.none) return t('tray.none');
      return t('tray.strange', {
        count: fault.of.length,
        name: fault.of[0]?.source.name ?? '',
      });
    case 'room':
      return t('tray.room', { needed: sizeText(fault.needed), left: sizeText(fault.left) });
  }
}
