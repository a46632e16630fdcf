/**
 * Work that is asked of whoever knocks while many do. It costs a person's device a second that nobody notices, and whoever
 * knocks a thousand times a thousand seconds. A client finds it in an error `challenge_required`, and sends the form again
 * with what it found.
 */
import { z } from 'zod';

/** A number that, hashed behind `salt` and a colon by SHA-256, comes to `target`. It is one of 0 to `most`. */
export const ProofOfWork = z.object({
  kind: z.literal('proof_of_work'),
  /** What the server knows it by: goes back as it is. Good once, for the same form with the same name in it. */
  token: z.string(),
  salt: z.string(),
  /** Hexadecimal. */
  target: z.string(),
  most: z.int(),
  expiresAt: z.string(),
});

/** Whoever meets a kind they do not know cannot go on, and says so. */
export const Challenge = z.discriminatedUnion('kind', [ProofOfWork]);

export type ProofOfWork = z.output<typeof ProofOfWork>;
export type Challenge = z.output<typeof Challenge>;
