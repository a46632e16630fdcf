import { limits } from '@kith/client';
import type { User } from '@kith/protocol';
import { X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useMyId } from '../app/people.ts';
import { bestOf, usePeopleSearch } from '../app/usePeopleSearch.ts';
import { t } from '../i18n/index.ts';
import { PeopleRows, PersonButton } from './PeopleRows.tsx';
import { SearchField } from './SearchField.tsx';

export interface PeoplePickerProps {
  readonly chosen: readonly User[];
  readonly onChange: (chosen: readonly User[]) => void;
  /** Already in. Oneself is left out anyway. */
  readonly except?: ReadonlySet<string>;
  readonly first?: boolean;
}

/** Search, the chosen as chips that are pressed away, and rows with a check. */
export function PeoplePicker({ chosen, onChange, except, first }: PeoplePickerProps) {
  const myId = useMyId();
  const [query, setQuery] = useState('');
  const search = usePeopleSearch(query.trim());
  const hidden = useMemo(() => new Set([myId, ...(except ?? [])]), [myId, except]);
  const isChosen = (user: User): boolean => chosen.some((one) => one.id === user.id);
  const full = chosen.length >= limits.addMembers;
  const toggle = (user: User): void => {
    if (isChosen(user)) onChange(chosen.filter((one) => one.id !== user.id));
    else if (!full) onChange([...chosen, user]);
  };
  return (
    <div>
      <SearchField
        label={t('people.find')}
        value={query}
        onChange={setQuery}
        onEnter={() => {
          const best = query.trim() === '' ? undefined : bestOf(search);
          if (!best || hidden.has(best.id) || isChosen(best)) return;
          toggle(best);
          setQuery('');
        }}
        {...(first && { first })}
      />
      {chosen.length > 0 && (
        <ul className="kith-chips" aria-label={t('people.chosen')}>
          {chosen.map((user) => (
            <li key={user.id}>
              <button
                type="button"
                className="kith-chip"
                onClick={() => toggle(user)}
                aria-label={t('people.removeName', { name: user.displayName })}
              >
                {user.displayName}
                <X size={14} strokeWidth={2} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {full && <p className="kith-pane-note">{t('people.atOnce', { count: limits.addMembers })}</p>}
      <PeopleRows search={search} except={hidden}>
        {(user) => <PersonButton user={user} checked={isChosen(user)} onPress={() => toggle(user)} />}
      </PeopleRows>
    </div>
  );
}
