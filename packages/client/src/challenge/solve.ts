/**
 * Solves what a server asks of whoever knocks while many do (`challenge_required`): tries numbers, some milliseconds at a
 * time, so that whatever else runs here goes on. A page does it in a worker of its own.
 */
import type { Challenge, ProofOfWork } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { createHasher, ONE_ROUND } from './sha256.ts';

export type { Challenge };

/** So long others wait for their turn, ms. */
const SLICE_MS = 8;
/** Numbers between two looks at the clock. */
const STRIDE = 500;
/** A server that asks for more than this asks for too much: minutes on a phone. */
const MOST = 5_000_000;

export interface Solving {
  readonly signal?: AbortSignal;
  /** Work at a stretch, ms; a worker that does nothing else need not stop. */
  readonly sliceMs?: number;
}

/** @throws KithError unsupported_version for what this version does not know; what `signal` was aborted with. */
export async function solveChallenge(challenge: Challenge, solving: Solving = {}): Promise<string> {
  if (challenge.kind !== 'proof_of_work' || !(challenge.most <= MOST)) throw unknownWork();
  const answer = await find(challenge, solving);
  if (answer === null) throw unknownWork();
  return String(answer);
}

/** Beside whatever else runs here. */
export const solveHere = (challenge: Challenge, signal: AbortSignal): Promise<string> =>
  solveChallenge(challenge, { signal });

const unknownWork = (): KithError =>
  new KithError('unsupported_version', { message: 'This server asks for work that is not known here.' });

async function find(
  { salt, target, most }: ProofOfWork,
  { signal, sliceMs = SLICE_MS }: Solving,
): Promise<number | null> {
  const hash = createHasher();
  const bytes = new Uint8Array(64);
  const prefix = new TextEncoder().encode(`${salt}:`);
  if (prefix.length + String(most).length > ONE_ROUND || !/^[0-9a-f]{64}$/.test(target)) throw unknownWork();
  bytes.set(prefix);
  const wanted = Int32Array.from({ length: 8 }, (_, at) =>
    Number.parseInt(target.slice(at * 8, at * 8 + 8), 16),
  );
  const [first] = wanted;
  let until = performance.now() + sliceMs;
  for (let number = 0; number <= most; number += 1) {
    if (number % STRIDE === 0 && performance.now() > until) {
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      until = performance.now() + sliceMs;
    }
    const digits = String(number);
    for (let at = 0; at < digits.length; at += 1) bytes[prefix.length + at] = digits.charCodeAt(at);
    const words = hash(bytes, prefix.length + digits.length);
    if (words[0] === first && words.every((word, at) => word === wanted[at])) return number;
  }
  return null;
}
