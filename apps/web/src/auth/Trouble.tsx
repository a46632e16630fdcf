/** What went wrong with a form as a whole. Where only patience helps, it says how much, and counts down. */
import { KithError } from '@kith/client';
import { useEffect, useState } from 'react';
import { inTime } from '../app/time.ts';
import { errorText, type FieldWords, isWait } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';

export type Trouble =
  | { readonly type: 'failed'; readonly text: string }
  /** Until then, ms of this clock, nothing else is answered. */
  | { readonly type: 'wait'; readonly until: number };

export function troubleOf(error: unknown, words: FieldWords = {}): Trouble {
  if (isWait(error)) return { type: 'wait', until: Date.now() + error.retryAfterMs };
  const own = error instanceof KithError ? words[error.code] : undefined;
  return { type: 'failed', text: own === undefined ? errorText(error) : t(own) };
}

/** Milliseconds until then, down to 0; renders each second. */
export function useRemaining(until: number): number {
  const [now, setNow] = useState(Date.now);
  const over = now >= until;
  useEffect(() => {
    setNow(Date.now());
    if (over) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [over]);
  return Math.max(0, until - now);
}

export function TroubleLine({ trouble }: { readonly trouble: Trouble | undefined }) {
  return (
    <div className="kith-trouble" role="alert">
      {trouble?.type === 'failed' && trouble.text}
      {trouble?.type === 'wait' && <Wait key={trouble.until} until={trouble.until} />}
    </div>
  );
}

function Wait({ until }: { readonly until: number }) {
  const left = useRemaining(until);
  // Read out once, not each second.
  const [said] = useState(left);
  if (left === 0) return null;
  return (
    <>
      <span className="kith-hidden">{t('error.tryAgainIn', { when: inTime(said) })}</span>
      <span aria-hidden="true">{t('error.tryAgainIn', { when: inTime(left) })}</span>
    </>
  );
}
