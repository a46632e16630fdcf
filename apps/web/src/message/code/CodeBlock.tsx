/** A block of code: its language, its colours, and a button that copies it. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { copyToClipboard } from '../../ui/copy.ts';

/** Longer ones stay plain: nobody reads them here, and each stretch costs a little at every frame of a scroll. */
const COLOURED_MAX = 6_000;
/** What may be the name of a language; anything may stand behind the fence. */
const LANGUAGE = /^[\w+#.-]{1,24}$/;

export interface CodeBlockProps {
  readonly text: string;
  readonly lang: string;
  readonly gap: boolean;
}

export function CodeBlock({ text, lang, gap }: CodeBlockProps) {
  const [copied, setCopied] = useState(false);
  const code = useColours(lang, text);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    copyToClipboard(text).then(
      () => setCopied(true),
      // Refused: the text can still be selected, so nothing is lost and nothing need be said.
      () => undefined,
    );
  };
  const label = copied ? t('message.codeCopied') : t('message.codeCopy');
  return (
    <div className="kith-code" data-gap={gap || undefined}>
      {lang && <span className="kith-code-lang">{lang}</span>}
      <button type="button" className="kith-code-copy" aria-label={label} title={label} onClick={copy}>
        {copied ? (
          <Check size={16} strokeWidth={1.75} aria-hidden="true" />
        ) : (
          <Copy size={16} strokeWidth={1.75} aria-hidden="true" />
        )}
      </button>
      <pre dir="ltr">
        <code ref={code}>{text}</code>
      </pre>
    </div>
  );
}

function useColours(lang: string, text: string) {
  const code = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!LANGUAGE.test(lang) || text.length > COLOURED_MAX || !('highlights' in CSS)) return;
    let ended = false;
    let end = (): void => undefined;
    import('./paint.ts').then(
      ({ colour }) => {
        const node = code.current?.firstChild;
        if (!ended && node) end = colour(node, lang, text);
      },
      // No line to load it by: the code is there, only plain.
      () => undefined,
    );
    return () => {
      ended = true;
      end();
    };
  }, [lang, text]);
  return code;
}
