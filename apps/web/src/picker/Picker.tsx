/** Emoji, stickers and GIFs, one beside the other. GIFs only where the server has a provider of them. */
import type { Attachment } from '@kith/protocol';
import { type KeyboardEvent, lazy, Suspense, useId, useRef, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { type Key, t } from '../i18n/index.ts';
import { Spinner } from '../ui/Spinner.tsx';
import './picker.css';

const EmojiPicker = lazy(() => import('../emoji/EmojiPicker.tsx'));
const StickerPicker = lazy(() => import('../stickers/StickerPicker.tsx'));
const GifPicker = lazy(() => import('../gifs/GifPicker.tsx'));

const names = {
  emoji: 'picker.emoji',
  stickers: 'picker.stickers',
  gifs: 'picker.gifs',
} as const satisfies Record<string, Key>;
type Tab = keyof typeof names;

/** The one that was open last, until the page is closed. */
let last: Tab = 'emoji';

export interface PickerProps {
  readonly onPick: (emoji: string) => void;
  readonly onSend: (attachment: Attachment) => void;
  /** Something opens that this would lie over. */
  readonly onLeave: () => void;
}

export default function Picker({ onPick, onSend, onLeave }: PickerProps) {
  const id = useId();
  const provider = useReadable(useClient().gifs.provider);
  const tabs: readonly Tab[] = provider ? ['emoji', 'stickers', 'gifs'] : ['emoji', 'stickers'];
  const [chosen, setChosen] = useState<Tab>(last);
  const list = useRef<HTMLDivElement>(null);
  const tab = tabs.includes(chosen) ? chosen : 'emoji';
  const choose = (next: Tab) => {
    last = next;
    setChosen(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const rtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const step = (event.key === 'ArrowRight') === rtl ? tabs.length - 1 : 1;
    const index = (tabs.indexOf(tab) + step) % tabs.length;
    choose(tabs[index] ?? 'emoji');
    list.current?.querySelectorAll('button')[index]?.focus();
  };
  return (
    <div className="kith-picker">
      <div id={`${id}-panel`} className="kith-picker-panel" role="tabpanel" aria-labelledby={`${id}-${tab}`}>
        <Suspense
          fallback={
            <span className="kith-emoji-wait">
              <Spinner />
            </span>
          }
        >
          {tab === 'emoji' && <EmojiPicker onPick={onPick} />}
          {tab === 'stickers' && <StickerPicker onSend={onSend} onLeave={onLeave} />}
          {tab === 'gifs' && <GifPicker onSend={onSend} />}
        </Suspense>
      </div>
      <div ref={list} className="kith-picker-tabs" role="tablist" aria-label={t('picker.label')}>
        {tabs.map((name) => (
          <button
            key={name}
            id={`${id}-${name}`}
            type="button"
            role="tab"
            aria-selected={name === tab}
            aria-controls={`${id}-panel`}
            tabIndex={name === tab ? 0 : -1}
            onClick={() => choose(name)}
            onKeyDown={onKeyDown}
          >
            {t(names[name])}
          </button>
        ))}
      </div>
    </div>
  );
}
