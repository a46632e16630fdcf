/**
 * Work of one's own making, after the scheme of ALTCHA: a number is hidden behind a hash, and found by trying. As it lies
 * between 0 and a bound, nobody tries for ever, as one may where a hash has to begin with zeros. The server keeps nothing:
 * the number follows from the signed token, so that a solution is judged by two HMACs and no work.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { ChallengeKind } from './challenge.ts';

/** Time to come back by a slow phone over a slow line; short enough that none are gathered for later. */
const GOOD_MS = 5 * 60_000;
/** A slow phone tries some 150,000 numbers a second, and needs half of them in the middle; see docs/decisions/0027-spam.md. */
export const NUMBERS = 150_000;

const Payload = z.strictObject({ n: z.string(), a: z.string(), m: z.int(), e: z.int() });
type Payload = z.output<typeof Payload>;

/** Of a number behind a salt: at most 55 bytes, which is one round of SHA-256. */
const hashOf = (salt: string, number: number): string =>
  createHash('sha256').update(`${salt}:${number}`).digest('hex');
const aboutHash = (about: string): string => createHash('sha256').update(about).digest('base64url');

export function createProofOfWork(
  key: Buffer,
  now: () => number = Date.now,
  numbers: number = NUMBERS,
): ChallengeKind {
  const mac = (use: string, text: string): Buffer =>
    createHmac('sha256', key).update(`${use} ${text}`).digest();
  const hidden = (body: string, { m }: Payload): number => mac('number', body).readUInt32BE() % (m + 1);

  const read = (token: string): { readonly body: string; readonly payload: Payload } | null => {
    const [body = '', signature = '', rest] = token.split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = mac('token', body);
    if (rest !== undefined || given.length !== expected.length || !timingSafeEqual(given, expected))
      return null;
    const payload = Payload.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
    return payload.success ? { body, payload: payload.data } : null;
  };

  return {
    issue: (about, hardness) => {
      const payload: Payload = {
        n: randomBytes(16).toString('base64url'),
        a: aboutHash(about),
        m: Math.round(numbers * hardness),
        e: now() + GOOD_MS,
      };
      const body = Buffer.from(JSON.stringify(payload)).toString('base64url');
      return {
        kind: 'proof_of_work',
        token: `${body}.${mac('token', body).toString('base64url')}`,
        salt: payload.n,
        target: hashOf(payload.n, hidden(body, payload)),
        most: payload.m,
        expiresAt: new Date(payload.e).toISOString(),
      };
    },
    verify: (about, { token, answer }) => {
      const known = read(token);
      if (!known || known.payload.e <= now() || known.payload.a !== aboutHash(about)) return null;
      if (answer !== String(hidden(known.body, known.payload))) return null;
      return { nonce: known.payload.n, expiresAt: new Date(known.payload.e) };
    },
  };
}
