/** Below a search field: what may be typed next, as chips to press. */
import type { SearchKind } from '@kith/protocol/searchQuery';
import type { KeyboardEvent } from 'react';
import { useClient } from '../app/client.tsx';
import { useEverywhere } from '../app/everywhere.ts';
import { faceOf, fold, peerOf, useMyId } from '../app/people.ts';
import { capital, dayOf, relative } from '../app/time.ts';
import { usePeopleSearch } from '../app/usePeopleSearch.ts';
import { t } from '../i18n/index.ts';
import { completed, type Hint, hintAt, type Operator } from './hints.ts';
import './search.css';

export interface HintsProps {
  readonly query: string;
  readonly without?: readonly Operator[];
  /** The field takes the focus again. */
  readonly onQuery: (query: string) => void;
}

interface Chip {
  readonly label: string;
  readonly operator: Operator;
  /** Null: its value is still to come. */
  readonly value: string | null;
}

const SHOWN = 8;

export function Hints({ query, without, onQuery }: HintsProps) {
  const hint = hintAt(query, without);
  const chips = useChips(hint);
  if (chips.length === 0) return null;
  return (
    <div className="kith-hints" role="group" aria-label={t('search.hints')} onKeyDown={walk}>
      {chips.map(({ label, operator, value }) => (
        <button
          key={`${operator}:${value}`}
          type="button"
          onClick={() => onQuery(completed(query, operator, value))}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

function walk(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const chips = [...event.currentTarget.querySelectorAll('button')];
  const direction = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
  chips[chips.indexOf(document.activeElement as HTMLButtonElement) + by * direction]?.focus();
}

function useChips(hint: Hint): readonly Chip[] {
  const client = useClient();
  const myId = useMyId();
  const people = usePeopleSearch(hint.type === 'from' ? hint.typed : null);
  const entries = useEverywhere();
  switch (hint.type) {
    case 'operators':
      return hint.operators.map((operator) => ({ operator, value: null, label: operatorText(operator) }));
    case 'has':
      return hint.kinds.map((kind) => ({ operator: 'has', value: kind, label: kindText(kind) }));
    case 'from':
      return people.users
        .slice(0, SHOWN)
        .map((user) => ({ operator: 'from', value: `@${user.username}`, label: user.displayName }));
    case 'in':
      return entries
        .flatMap(({ conversation }) => {
          const peerId = peerOf(conversation, myId);
          const peer = peerId === null ? undefined : client.users.get(peerId).get();
          const { name } = faceOf(conversation, myId, peer);
          if (!fold(name).includes(fold(hint.typed)) || (peerId !== null && !peer)) return [];
          return [{ operator: 'in' as const, value: peer ? `@${peer.username}` : name, label: name }];
        })
        .slice(0, SHOWN);
    case 'date':
      return [0, 1, 7, 30].map((days) => {
        const date = new Date();
        date.setDate(date.getDate() - days);
        return {
          operator: hint.operator,
          value: dayOf(date),
          label: capital(relative.format(-days, 'day')),
        };
      });
  }
}

function operatorText(operator: Operator): string {
  switch (operator) {
    case 'from':
      return t('search.from');
    case 'in':
      return t('search.in');
    case 'has':
      return t('search.has');
    case 'before':
      return t('search.before');
    case 'after':
      return t('search.after');
    case 'on':
      return t('search.on');
  }
}

function kindText(kind: SearchKind): string {
  switch (kind) {
    case 'link':
      return t('search.link');
    case 'file':
      return t('search.file');
    case 'image':
      return t('search.image');
    case 'video':
      return t('search.video');
    case 'audio':
      return t('search.audio');
    case 'poll':
      return t('search.poll');
    case 'location':
      return t('search.location');
    case 'contact':
      return t('search.contact');
  }
}
