/** The beginning of a file of text, as its letters: what they would mean to a browser they never do here. */
import type { MessageFile, MessageRecord } from '@kith/protocol';
import { useEffect, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Spinner } from '../../ui/Spinner.tsx';
import { placeOfRecord, useFileUrl } from '../files/source.ts';
import { sizeText } from '../files/words.ts';
import { type Beginning, fetchText, TEXT_MAX } from './text.ts';
import './viewer.css';

type State =
  | { readonly type: 'loading' }
  | ({ readonly type: 'there' } & Beginning)
  | { readonly type: 'failed' };

export function TextView({ record, file }: { readonly record: MessageRecord; readonly file: MessageFile }) {
  const url = useFileUrl(placeOfRecord(record), file.fileId);
  const [state, setState] = useState<State>({ type: 'loading' });
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn asks again.
  useEffect(() => {
    if (url === undefined) return;
    const stop = new AbortController();
    setState({ type: 'loading' });
    fetchText(url, file.size, stop.signal).then(
      (beginning) => setState({ type: 'there', ...beginning }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        console.warn('A text could not be shown:', error);
        setState({ type: 'failed' });
      },
    );
    return () => stop.abort();
  }, [url, file.size, turn]);

  if (state.type === 'loading') {
    return (
      <div className="kith-viewer-none">
        <Spinner size={28} />
      </div>
    );
  }
  if (state.type === 'failed') {
    return (
      <div className="kith-viewer-none" role="status">
        <p>{t('file.broken')}</p>
        <Button onClick={() => setTurn(turn + 1)}>{t('common.tryAgain')}</Button>
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever scrolls by keys needs it to have the focus
    <div className="kith-viewer-sheet" tabIndex={0}>
      <pre dir="auto">{state.text}</pre>
      {state.cut && <p className="kith-viewer-cut">{t('viewer.cut', { size: sizeText(TEXT_MAX) })}</p>}
    </div>
  );
}
