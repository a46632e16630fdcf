/**
 * Somebody comes back from another service: `/#step=…`, `/#linked=…`, `/#error=…`, written by our server. As with links of mails, it
 * leaves the address bar before anything else happens.
 */
import { limits } from '@kith/client';
import type { OutsideProblem, PasskeyRequest } from '@kith/protocol';
import type { Key } from '../i18n/index.ts';
import type { Asked } from './steps.ts';

export type Return =
  /** The cookie is there: whose, the server says. */
  | { readonly type: 'entered' }
  /** The server wants to know more first. */
  | { readonly type: 'asked'; readonly reply: Asked }
  | { readonly type: 'linked' }
  /** `linking`: somebody signed in wanted to connect an account. */
  | { readonly type: 'refused'; readonly problem: Key; readonly linking: boolean };

const problems: Readonly<Record<OutsideProblem, Key>> = {
  over: 'outside.over',
  declined: 'outside.declined',
  unavailable: 'outside.unavailable',
  failed: 'outside.failed',
  no_address: 'outside.noAddress',
  address_taken: 'outside.addressTaken',
  sign_up_closed: 'outside.signUpClosed',
  invitation_needed: 'outside.invitationNeeded',
  linked_elsewhere: 'outside.linkedElsewhere',
  too_many_links: 'outside.tooManyLinks',
  rate_limited: 'outside.rateLimited',
  internal: 'outside.failed',
};

/** With the passkeys one may show. */
const LONGEST = 6_000;

export function returnOf({ pathname, hash }: Pick<URL, 'pathname' | 'hash'>): Return | null {
  if (pathname !== '/' || hash.length < 2 || hash.length > LONGEST) return null;
  const fields = new URLSearchParams(hash.slice(1));
  const step = fields.get('step');
  if (step === 'signed_in') return { type: 'entered' };
  if (step !== null) {
    const reply = stepOf(step, fields.get('reply') ?? '');
    return reply ? { type: 'asked', reply } : refused('internal', false);
  }
  if (fields.has('linked')) return { type: 'linked' };
  const error = fields.get('error');
  return error === null ? null : refused(error, fields.has('linking'));
}

/** Of a server that is newer than this app, a word may be unknown. */
const refused = (problem: string, linking: boolean): Return => ({
  type: 'refused',
  problem: Object.hasOwn(problems, problem) ? problems[problem as OutsideProblem] : 'outside.failed',
  linking,
});

function stepOf(type: string, text: string): Asked | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const reply = (json ?? {}) as Readonly<Record<string, unknown>>;
  const { ticket, expiresAt } = reply;
  if (typeof ticket !== 'string' || ticket.length > limits.ticketLength || typeof expiresAt !== 'string')
    return null;
  if (type === 'code_sent') return { type, ticket, expiresAt };
  if (type !== 'second_factor') return null;
  const named = Array.isArray(reply['factors']) ? reply['factors'] : [];
  const factors = (['totp', 'passkey', 'recovery'] as const).filter((factor) => named.includes(factor));
  const passkey = isRequest(reply['passkey']) ? reply['passkey'] : null;
  return factors.length > 0 ? { type, ticket, expiresAt, factors, passkey } : null;
}

/** Whether the browser can be asked for it; which passkeys of which site it takes, the browser judges. */
function isRequest(value: unknown): value is PasskeyRequest {
  const { challenge, rpId, allowCredentials } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof challenge === 'string' && typeof rpId === 'string' && Array.isArray(allowCredentials);
}

/** Once: afterwards the address is that of the app. */
export function takeReturn(): Return | null {
  const back = returnOf(location);
  if (back) history.replaceState(null, '', '/');
  return back;
}
