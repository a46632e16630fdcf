/** The two choices a conversation has, in the same words wherever they are made. */
import type { HistoryVisibility, Visibility } from '@kith/protocol';
import { Choice } from '../ui/Choice.tsx';

interface Props<T> {
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export const HistoryChoice = ({ value, onChange }: Props<HistoryVisibility>) => (
  <Choice
    legend="New members see"
    value={value}
    onChange={onChange}
    options={[
      { value: 'joined', label: 'Messages from when they join' },
      { value: 'all', label: 'All messages from the start' },
    ]}
  />
);

export const VisibilityChoice = ({ value, onChange }: Props<Visibility>) => (
  <Choice
    legend="Who may join"
    value={value}
    onChange={onChange}
    options={[
      { value: 'public', label: 'Everybody', hint: 'Anyone here finds it and joins.' },
      { value: 'private', label: 'Only people who are added', hint: 'It is hidden from everybody else.' },
    ]}
  />
);
