/** The two choices a conversation has, in the same words wherever they are made. */
import type { HistoryVisibility, Visibility } from '@kith/protocol';
import { t } from '../i18n/index.ts';
import { Choice } from '../ui/Choice.tsx';

interface Props<T> {
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export const HistoryChoice = ({ value, onChange }: Props<HistoryVisibility>) => (
  <Choice
    legend={t('form.historyLegend')}
    value={value}
    onChange={onChange}
    options={[
      { value: 'joined', label: t('form.historyJoined') },
      { value: 'all', label: t('form.historyAll') },
    ]}
  />
);

export const VisibilityChoice = ({ value, onChange }: Props<Visibility>) => (
  <Choice
    legend={t('form.visibilityLegend')}
    value={value}
    onChange={onChange}
    options={[
      { value: 'public', label: t('form.public'), hint: t('form.publicHint') },
      { value: 'private', label: t('form.private'), hint: t('form.privateHint') },
    ]}
  />
);
