/** What the text field offers while one types: a listbox that the field controls; the focus never leaves the field. */
import { useEffect, useRef } from 'react';
import { EmojiGlyph } from '../emoji/custom.tsx';
import { t } from '../i18n/index.ts';
import { handleText } from '../i18n/words.ts';
import { GuestSign } from '../profile/GuestSign.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import type { Candidate } from './useCompletion.ts';

export interface CompletionListProps {
  readonly id: string;
  readonly candidates: readonly Candidate[];
  readonly active: number;
  readonly onPick: (candidate: Candidate) => void;
  readonly onHover: (index: number) => void;
}

export const optionId = (id: string, index: number): string => `${id}-${index}`;

export function CompletionList({ id, candidates, active, onPick, onHover }: CompletionListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div
      ref={list}
      id={id}
      className="kith-completion"
      role="listbox"
      aria-label={
        candidates[0]?.type === 'emoji' ? t('composer.matchingEmoji') : t('composer.peopleToMention')
      }
    >
      {candidates.map((candidate, index) => (
        <div
          key={candidate.key}
          id={optionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className="kith-completion-item"
          // Pressing must not take the focus out of the text.
          onMouseDown={(event) => event.preventDefault()}
          onMouseMove={() => onHover(index)}
          onClick={() => onPick(candidate)}
          onKeyDown={undefined}
        >
          <Item candidate={candidate} />
        </div>
      ))}
    </div>
  );
}

function Item({ candidate }: { readonly candidate: Candidate }) {
  switch (candidate.type) {
    case 'person':
      return (
        <>
          <Avatar
            id={candidate.user.id}
            name={candidate.user.displayName}
            image={candidate.user.avatar?.blobId}
            size={28}
          />
          <span className="kith-completion-name">
            {candidate.user.displayName}
            <GuestSign user={candidate.user} />
          </span>
          <span className="kith-completion-note">{handleText(candidate.user.username)}</span>
        </>
      );
    case 'all':
      return (
        <>
          <span className="kith-completion-sign">@</span>
          <span className="kith-completion-name">all</span>
          <span className="kith-completion-note">{t('composer.everyone')}</span>
        </>
      );
    case 'emoji':
      return (
        <>
          <span className="kith-completion-emoji">
            <EmojiGlyph emoji={candidate.emoji.char} />
          </span>
          <span className="kith-completion-name">{candidate.emoji.name}</span>
          {candidate.emoji.shortcodes[0] && (
            <span className="kith-completion-note">:{candidate.emoji.shortcodes[0]}:</span>
          )}
        </>
      );
  }
}
