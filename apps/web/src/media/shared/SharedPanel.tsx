/** Beside the conversation: what was shared in it, by kind. */
import type { ConversationEntry } from '@kith/client';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { cell } from '../../app/cell.ts';
import { leaveShared } from '../../app/panel.ts';
import { type Key, t } from '../../i18n/index.ts';
import { PaneFrame } from '../../panels/PaneFrame.tsx';
import { Listed } from './Listed.tsx';
import { MediaGrid } from './MediaGrid.tsx';
import { FileRows, LinkRows, VoiceRows } from './rows.tsx';
import type { Kind } from './useShared.ts';
import './shared.css';

const names = {
  media: 'shared.media',
  files: 'shared.files',
  links: 'shared.links',
  voice: 'shared.voice',
} as const satisfies Record<Kind, Key>;
const kinds = Object.keys(names) as readonly Kind[];
const views = { media: MediaGrid, files: FileRows, links: LinkRows, voice: VoiceRows } as const;

/** The one that was open last: whoever went to a message comes back to it. */
const last = cell<{ readonly conversationId: string; readonly kind: Kind } | undefined>(undefined);

function lastOf(conversationId: string): Kind {
  const before = last.get();
  return before?.conversationId === conversationId ? before.kind : 'media';
}

export default function SharedPanel({ entry }: { readonly entry: ConversationEntry }) {
  const id = useId();
  const tabs = useRef<HTMLDivElement>(null);
  const [kind, setKind] = useState<Kind>(() => lastOf(entry.id));
  const choose = (next: Kind): void => {
    last.set({ conversationId: entry.id, kind: next });
    setKind(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const forward = document.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const backward = document.dir === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
    const at = kinds.indexOf(kind);
    const to = new Map([
      [forward, (at + 1) % kinds.length],
      [backward, (at + kinds.length - 1) % kinds.length],
      ['Home', 0],
      ['End', kinds.length - 1],
    ]).get(event.key);
    const next = to === undefined ? undefined : kinds[to];
    if (next === undefined || to === undefined) return;
    event.preventDefault();
    choose(next);
    tabs.current?.querySelectorAll('button')[to]?.focus();
  };
  return (
    <PaneFrame title={t('shared.title')} exit={{ kind: 'back', label: t('common.back'), run: leaveShared }}>
      <div
        ref={tabs}
        className="kith-shared-tabs"
        role="tablist"
        aria-label={t('shared.title')}
        onKeyDown={onKeyDown}
      >
        {kinds.map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={`${id}-${one}`}
            aria-selected={one === kind}
            aria-controls={`${id}-panel`}
            tabIndex={one === kind ? 0 : -1}
            data-first={one === kind || undefined}
            onClick={() => choose(one)}
          >
            {t(names[one])}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} className="kith-shared-panel" role="tabpanel" aria-labelledby={`${id}-${kind}`}>
        <Listed key={kind} entry={entry} kind={kind} View={views[kind]} />
      </div>
    </PaneFrame>
  );
}
