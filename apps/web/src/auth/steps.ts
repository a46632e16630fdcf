/**
 * Where somebody stands at the door, and what leads on from there. What they typed is kept beside it (AuthScreen), so that no way
 * back loses it. A further kind of proof is a step of its own, which the server's answer leads to.
 */
import type { SignInStep } from '@kith/client';
import type { PasskeyRequest, SecondFactor } from '@kith/protocol';
import type { Key } from '../i18n/index.ts';
import type { Link } from './links.ts';
import type { Return } from './outside.ts';

export type Way = 'sign_in' | 'sign_up';

export type Step =
  | { readonly type: Way | 'forgot' | 'phone'; readonly notice?: Key }
  /** Six digits are on their way. `email`: where to, which may be a number, unless only the server knows. */
  | {
      readonly type: 'code';
      readonly from: Way | 'phone';
      readonly ticket: string;
      readonly email: string | null;
    }
  /** The number is theirs, and nobody's account: what are they called? */
  | { readonly type: 'name'; readonly ticket: string }
  /** The password was right, and one of these is asked for besides. */
  | {
      readonly type: 'factor';
      readonly ticket: string;
      readonly factors: readonly SecondFactor[];
      readonly passkey: PasskeyRequest | null;
    }
  /** A link to set the password anew is on its way, if there is such an account. */
  | { readonly type: 'mailed'; readonly email: string }
  /** `undone`: the address that counts again, where the link that was pressed was about that. */
  | { readonly type: 'reset'; readonly token: string; readonly undone?: string }
  | { readonly type: 'undo' | 'keep'; readonly token: string }
  /** Who invites, and to what. */
  | { readonly type: 'invite'; readonly token: string }
  | { readonly type: 'link_over'; readonly of: Link['type'] };

/** What the server says that wants to know more first. */
export type Asked = Exclude<SignInStep, { type: 'signed_in' }>;

export type Move =
  | { readonly type: 'go'; readonly to: Way | 'forgot' | 'phone' }
  /** The server wants to know more before it lets anybody in. */
  | {
      readonly type: 'asked';
      readonly reply: Asked;
      readonly email: string | null;
    }
  | { readonly type: 'mailed'; readonly email: string }
  | { readonly type: 'undone'; readonly email: string; readonly resetToken: string }
  /** The account stays. */
  | { readonly type: 'kept' }
  /** What the step hung on, a ticket or the token of a link, is over. */
  | { readonly type: 'over' };

/** The form that an answer of the server leads on from, and back to; null: none that waits for one. */
function formOf(step: Step): Way | 'phone' | null {
  switch (step.type) {
    case 'sign_in':
    case 'sign_up':
    case 'phone':
      return step.type;
    case 'code':
      return step.from;
    case 'reset':
      return 'sign_in';
    default:
      return null;
  }
}

/** A move that does not belong to a step, such as an answer that came after its question was left, changes nothing. */
export function next(step: Step, move: Move): Step {
  switch (move.type) {
    case 'go':
      return { type: move.to };
    case 'asked': {
      const from = formOf(step);
      return from === null ? step : askedFor(move.reply, from, move.email);
    }
    case 'mailed':
      return step.type === 'forgot' ? { type: 'mailed', email: move.email } : step;
    case 'undone':
      return step.type === 'undo' ? { type: 'reset', token: move.resetToken, undone: move.email } : step;
    case 'kept':
      return step.type === 'keep' ? { type: 'sign_in', notice: 'auth.kept' } : step;
    case 'over':
      if (step.type === 'code') return { type: step.from, notice: 'auth.codeOver' };
      if (step.type === 'name') return { type: 'phone', notice: 'auth.codeOver' };
      if (step.type === 'factor') return { type: 'sign_in', notice: 'auth.factorOver' };
      if (step.type === 'reset' || step.type === 'undo' || step.type === 'keep' || step.type === 'invite')
        return { type: 'link_over', of: step.type };
      return step;
  }
}

function askedFor(reply: Asked, from: Way | 'phone', email: string | null): Step {
  const { ticket } = reply;
  if (reply.type === 'name_wanted') return { type: 'name', ticket };
  if (reply.type === 'code_sent') return { type: 'code', from, ticket, email };
  return { type: 'factor', ticket, factors: reply.factors, passkey: reply.passkey };
}

/** What this page was opened with: a link of a mail, or a way back from another service. */
export type Entry = Link | Exclude<Return, { type: 'entered' | 'linked' }>;

/** Where that leads. A link without its secret is over before it began. */
export function firstStep(
  entry: Entry | undefined,
  first: boolean,
  notice: Key | undefined,
  invite: string | null = null,
): Step {
  if (entry?.type === 'asked') return askedFor(entry.reply, 'sign_in', null);
  if (entry?.type === 'refused') return { type: first ? 'sign_up' : 'sign_in', notice: entry.problem };
  // Whoever reloads the page still has their invitation in hand.
  const link =
    entry ?? (invite === null || notice ? undefined : ({ type: 'invite', token: invite } as const));
  if (link) return link.token === '' ? { type: 'link_over', of: link.type } : link;
  return { type: first ? 'sign_up' : 'sign_in', ...(notice && { notice }) };
}
