/**
 * Words that can no longer be sent, since the conversation is gone for their author: offered for copying until they are
 * copied or dismissed, also by the next page when this one closes before anybody saw them.
 */
import { onceSpoken, t } from '../i18n/index.ts';
import { copyToClipboard } from '../ui/copy.ts';
import { toast } from '../ui/toast.ts';

const KEY = 'kith.unsent';
const SHOWN_CHARS = 80;

/** Texts by the id of their message: a page that closed at once leaves it to the next one to tell of the same message. */
type Unsent = ReadonlyMap<string, string>;

/** Of this page, also where the browser keeps nothing. */
let waiting: Unsent | undefined;

function kept(): Unsent {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return new Map(Object.entries(value ?? {}).filter(([, text]) => typeof text === 'string'));
  } catch {
    // Storage is blocked, or holds something else: then there is nothing of an earlier page.
    return new Map();
  }
}

function keep(unsent: Unsent): void {
  waiting = unsent;
  try {
    if (unsent.size === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(unsent)));
  } catch {
    // Full or blocked: they are offered as long as this page lives.
  }
}

export const clearUnsent = (): void => keep(new Map());

export function handleUnsent(unsent: Unsent): void {
  keep(new Map([...(waiting ?? kept()), ...unsent]));
  offerUnsent();
}

/** Also what an earlier page could not show. */
export const offerUnsent = (): void => onceSpoken(offer);

function offer(): void {
  const texts = [...(waiting ?? kept()).values()];
  if (texts.length === 0) return;
  const [first = ''] = texts;
  const beginning = first.length > SHOWN_CHARS ? `${first.slice(0, SHOWN_CHARS)}…` : first;
  toast(t('app.unsent', { count: texts.length, beginning }), {
    tone: 'error',
    lasting: 'unsent',
    action: {
      label: t('common.copy'),
      run: () =>
        void copyToClipboard(texts.join('\n\n')).then(
          () => {
            clearUnsent();
            toast(t('app.copied'));
          },
          () => {
            toast(t('app.copyRefused'), { tone: 'error' });
            offer();
          },
        ),
    },
    onDismiss: clearUnsent,
  });
}
