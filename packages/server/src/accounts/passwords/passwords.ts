/** Passwords: a new one is judged before it is kept, and a wrong one takes as long as none at all. */
import type { Logger } from '../../logger.ts';
import type { BreachedList } from './breached.ts';
import { createLine } from './line.ts';
import { type Costs, hashPassword, isOutdated, verifyPassword } from './scrypt.ts';
import { createPasswordJudge, passwordRefused } from './strength.ts';

export interface Passwords {
  /** For a new one. `about`: what is known of the person. @throws KithError bad_input that says what is wrong, rate_limited. */
  hashNew(password: string, about: readonly string[]): Promise<string>;
  /** `hash` null: there is none to compare with; false, as late as otherwise. @throws KithError rate_limited. */
  verify(password: string, hash: string | null): Promise<boolean>;
  /** The same password at today's costs; null where the hash has them. */
  renewed(password: string, hash: string): Promise<string | null>;
}

/** scrypt takes 32 MB and some 100 ms on one of libuv's four threads: two at once leave some for files and names. */
const CONCURRENT = 2;
const MAX_WAITING = 64;

export function createPasswords({
  breached,
  log,
  costs,
}: {
  readonly breached: Pick<BreachedList, 'has'> | null;
  readonly log: Pick<Logger, 'warn'>;
  /** Absent: those of the product. */
  readonly costs?: Costs | undefined;
}): Passwords {
  const judge = createPasswordJudge({ breached, log });
  const inTurn = createLine(CONCURRENT, MAX_WAITING);
  let nobodys: Promise<string> | undefined;
  return {
    hashNew: async (password, about) => {
      const judgement = await judge(password, about);
      if (!judgement.ok) throw passwordRefused(judgement.reason);
      return inTurn(() => hashPassword(password, costs));
    },
    verify: async (password, hash) => {
      nobodys ??= hashPassword('', costs);
      const against = hash ?? (await nobodys);
      return (await inTurn(() => verifyPassword(password, against))) && hash !== null;
    },
    renewed: async (password, hash) =>
      isOutdated(hash, costs) ? inTurn(() => hashPassword(password, costs)) : null,
  };
}
