/** The choices a conversation has, in the same words wherever they are made. */
import type { FileRules, HistoryVisibility, Visibility } from '@kith/protocol';
import { t } from '../i18n/index.ts';
import { Choice } from '../ui/Choice.tsx';
import { fileChoiceOf, rulesFor } from './fileRules.ts';

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

/** `value`: null where all is taken that may be sent at all. */
export const FilesChoice = ({ value, onChange }: Props<FileRules | null>) => (
  <Choice
    legend={t('form.filesLegend')}
    value={fileChoiceOf(value)}
    onChange={(choice) => onChange(rulesFor(choice, value))}
    options={[
      { value: 'all', label: t('form.filesAll') },
      { value: 'media', label: t('form.filesMedia') },
      { value: 'none', label: t('form.filesNone'), hint: t('form.filesNoneHint') },
    ]}
  />
);
