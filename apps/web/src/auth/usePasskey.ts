/** Signing in by passkey: offered where one types who one is, and by a button. */
import type { SignInStep } from '@kith/client';
import { useEffect, useRef, useState } from 'react';
import { accountsHere } from '../app/session.ts';
import { t } from '../i18n/index.ts';
import { type Trouble, troubleOf } from './Trouble.tsx';
import { canOffer, getPasskey, PasskeyLeft } from './webauthn.ts';

/** An offer is made anew before its challenge is over. */
const OFFER_MS = 4 * 60_000;

export interface PasskeyWay {
  readonly busy: boolean;
  readonly trouble: Trouble | undefined;
  readonly press: () => void;
}

export function usePasskey(onReply: (reply: SignInStep) => Promise<void>): PasskeyWay {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const reply = useRef(onReply);
  reply.current = onReply;

  // A browser asks for one passkey at a time: while the button is at it, nothing is offered.
  useEffect(() => {
    if (busy) return;
    const stop = new AbortController();
    offer(stop.signal, (step) => reply.current(step)).catch((error: unknown) => {
      if (!stop.signal.aborted) setTrouble(wordsFor(error));
    });
    return () => stop.abort();
  }, [busy]);

  const press = async (): Promise<void> => {
    setBusy(true);
    setTrouble(undefined);
    try {
      const { ticket, options } = await accountsHere().beginPasskey();
      await onReply(await accountsHere().passkeySignIn({ ticket, passkey: await getPasskey(options) }));
    } catch (error) {
      setTrouble(wordsFor(error));
    }
    setBusy(false);
  };
  return { busy, trouble, press: () => void press() };
}

async function offer(signal: AbortSignal, onReply: (step: SignInStep) => Promise<void>): Promise<void> {
  if (!(await canOffer())) return;
  while (!signal.aborted) {
    const begun = await accountsHere().beginPasskey().catch(unasked);
    if (!begun || signal.aborted) return;
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(OFFER_MS)]);
    const passkey = await getPasskey(begun.options, { signal: inTime, offered: true }).catch(unasked);
    if (passkey) return onReply(await accountsHere().passkeySignIn({ ticket: begun.ticket, passkey }));
    // Left before its time: it is not pressed upon anybody.
    if (!inTime.aborted) return;
  }
}

/** Nobody asked for it, and a browser has reasons of its own, such as another tab: the button says what is wrong. */
function unasked(error: unknown): null {
  if (!(error instanceof PasskeyLeft)) console.warn('Passkeys are not offered:', error);
  return null;
}

export const wordsFor = (error: unknown): Trouble =>
  error instanceof PasskeyLeft
    ? { type: 'failed', text: t('auth.passkeyLeft') }
    : troubleOf(error, { unauthenticated: 'auth.passkeyWrong', not_found: 'auth.passkeyLate' });
