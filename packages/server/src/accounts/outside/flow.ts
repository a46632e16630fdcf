/**
 * In by another service, and back. What a browser was sent away with lies in a row; its ticket is a cookie of that browser,
 * so that nobody comes back in another one, with somebody else's answer. The row is spent by whoever comes back first.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { KithError, newId, type OutsideProblem } from '@kith/protocol';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import { z } from 'zod';
import type { Identity, Origin, SignInOutcome } from '../accounts.ts';
import { over } from '../errors.ts';
import { addressOf, type Room } from '../room.ts';
import { inviteOf } from '../signUp.ts';
import { comeIn } from './comeIn.ts';
import { linkArrived } from './links.ts';
import { LinkWaiting, OUTSIDE_MINUTES, type Outside, providerOf } from './outside.ts';
import type { Provider } from './provider.ts';
import { OutsideTrouble } from './trouble.ts';

export interface Departure {
  readonly provider: string;
  /** Of `beginLink`; absent: to sign in. */
  readonly link?: string | undefined;
  /** What the link of an invitation carries. */
  readonly invite?: string | undefined;
  /** Who is signed in in this browser. */
  readonly identity: Identity | null;
  readonly origin: Origin;
}

export interface Return {
  readonly provider: string;
  /** What the cookie holds. */
  readonly ticket: string | undefined;
  readonly parameters: URLSearchParams;
  readonly identity: Identity | null;
  readonly origin: Origin;
}

export type DepartureOutcome =
  | { readonly type: 'go'; readonly url: string; readonly ticket: string; readonly isFormPost: boolean }
  | Refused;

export type ReturnOutcome =
  | { readonly type: 'entered'; readonly outcome: SignInOutcome }
  | { readonly type: 'linked' }
  | Refused;

interface Refused {
  readonly type: 'refused';
  readonly problem: OutsideProblem;
  /** Whether somebody signed in wanted to connect an account. */
  readonly linking: boolean;
}

/** What waits for a browser that comes back. */
const Waiting = z.object({
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  link: z.object({ userId: z.string(), sessionId: z.string() }).nullable(),
  /** The id of an invitation. */
  invite: z.string().nullable().default(null),
});

const redirectUri = ({ origin }: Outside, { id }: Provider): string =>
  `${origin()}/v1/auth/outside/${id}/callback`;

export async function depart(room: Room, outside: Outside, departure: Departure): Promise<DepartureOutcome> {
  const provider = providerOf(outside, departure.provider);
  const linking = departure.link !== undefined;
  return refusing(room, provider, linking, async () => {
    const link = linking ? await linkOf(room, provider, departure) : null;
    const invite = await inviteOf(room, departure.invite);
    const journey = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const url = await provider.departure(journey, redirectUri(outside, provider));
    const waiting: z.input<typeof Waiting> = { provider: provider.id, ...journey, link, invite };
    const proof = await room.proofs.issue(room.db, {
      purpose: 'outside',
      // Each on its own: rates bound them, and nobody's number keeps others out.
      subject: newId(),
      payload: waiting,
      minutes: OUTSIDE_MINUTES,
      code: false,
      address: addressOf(departure.origin),
    });
    if (!proof) throw new OutsideTrouble('rate_limited', 'too many are under way');
    return { type: 'go', url: url.href, ticket: proof.ticket, isFormPost: provider.isFormPost };
  });
}

/** A ticket in somebody else's browser connects nothing: it is good with the session that asked for it, once. */
async function linkOf(
  room: Room,
  provider: Provider,
  { link = '', identity }: Departure,
): Promise<{ userId: string; sessionId: string }> {
  const proof = await room.proofs.spend(room.db, 'outside_link', link);
  const { provider: wanted, sessionId } = LinkWaiting.safeParse(proof?.payload).data ?? {};
  if (!proof || wanted !== provider.id || identity?.sessionId !== sessionId || sessionId === undefined)
    throw new OutsideTrouble('over', 'the link is not of this session');
  return { userId: proof.subject, sessionId };
}

export async function comeBack(room: Room, outside: Outside, back: Return): Promise<ReturnOutcome> {
  const provider = providerOf(outside, back.provider);
  const proof = await room.proofs.spend(room.db, 'outside', back.ticket ?? '');
  const waiting = Waiting.safeParse(proof?.payload).data;
  return refusing(room, provider, waiting?.link != null, async () => {
    // Another service's answer, in the name of this one, would be a way to steal codes and to mix people up.
    if (!waiting || waiting.provider !== provider.id || !isSame(waiting.state, back.parameters.get('state')))
      throw new OutsideTrouble('over', 'nobody was sent there with this state from this browser');
    const arrival = await provider.arrival(waiting, redirectUri(outside, provider), back.parameters);
    if (waiting.link) {
      await linkArrived(room, provider, arrival, waiting.link, back.identity);
      return { type: 'linked' };
    }
    // A browser that is sent names no page; it comes to one of ours.
    const origin = { ...back.origin, page: outside.origin() };
    return { type: 'entered', outcome: await comeIn(room, provider, arrival, waiting.invite, origin) };
  });
}

function isSame(expected: string, given: string | null): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(expected), hash(given ?? randomBytes(32).toString('hex')));
}

/** A person has come by a link, and reads words, not an error: what is refused has a name that the door knows. */
async function refusing<T>(
  room: Room,
  provider: Provider,
  linking: boolean,
  work: () => Promise<T>,
): Promise<T | Refused> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OutsideTrouble) {
      // What a service answered may tell who somebody is: its words stay out of the log.
      const { problem, message } = error;
      if (problem === 'unavailable' || problem === 'failed')
        room.log.warn({ provider: provider.id, problem, why: whyOf(error) }, `signing in by it: ${message}`);
      return { type: 'refused', problem, linking };
    }
    if (error instanceof KithError && error.code === over().code)
      return { type: 'refused', problem: 'over', linking };
    // The last use of an invitation went to somebody else on the way.
    if (error instanceof KithError && error.code === 'forbidden')
      return { type: 'refused', problem: 'invitation_needed', linking };
    if (error instanceof KithError && error.code === 'rate_limited')
      return { type: 'refused', problem: 'rate_limited', linking };
    throw error;
  }
}

const WHY_MOST = 200;

/** Names and codes of errors down the chain, without what they carry. */
function whyOf(error: Error): string {
  const words: string[] = [];
  for (let at: unknown = error.cause; at instanceof Error; at = at.cause)
    words.push('code' in at && typeof at.code === 'string' ? at.code : at.name);
  return words.join(' < ').slice(0, WHY_MOST);
}
