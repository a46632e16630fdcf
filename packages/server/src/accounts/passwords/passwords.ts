/** Passwords: a new one is judged before it is kept, and a wrong one takes as long as none at all. */
import type { Logger } from '../../logger.ts';
import type { BreachedList } from './breached.ts';
import { createLine } from './line.ts';
import { type Costs, hashPassword, isOutdated, verifyPassword } from './scrypt.ts';
import { createPasswordJudge, passwordRefused } from './strength.ts';

export interface Passwords {
  /** For a new one. `about`: what is known of the person. @throws KithError bad_input that says what is wrong, rate_limited. */
  hashNew(password: string, about: readonly string[], line: Line): Promise<string>;
  /** `hash` null: there is none to compare with; false, as late as otherwise. @throws KithError rate_limited. */
  verify(password: string, hash: string | null, line: Line): Promise<boolean>;
  /** The same password at today's costs; null where the hash has them. */
  renewed(password: string, hash: string): Promise<string | null>;
  /** Whether the line of strangers is so long that who joins it should show that they are worth it. */
  crowded(): boolean;
}

/** Who waits with whom: strangers, of whom there may be any number, do not keep those waiting who were here before. */
export type Line = 'strangers' | 'known';

/** scrypt takes 32 MB and some 100 ms on one of libuv's four threads: three at once leave one for files and names. */
const CONCURRENT: { readonly [L in Line]: number } = { strangers: 2, known: 1 };
const MAX_WAITING = 64;
/** More than a second until it is one's turn. */
const MANY_WAITING = 16;

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
  const lines = {
    strangers: createLine(CONCURRENT.strangers, MAX_WAITING),
    known: createLine(CONCURRENT.known, MAX_WAITING),
  };
  let nobodys: Promise<string> | undefined;
  return {
    hashNew: async (password, about, line) => {
      const judgement = await judge(password, about);
      if (!judgement.ok) throw passwordRefused(judgement.reason);
      return lines[line](() => hashPassword(password, costs));
    },
    verify: async (password, hash, line) => {
      nobodys ??= hashPassword('', costs).catch((error: unknown) => {
        nobodys = undefined;
        throw error;
      });
      const fallback = await nobodys;
      const against = hash ?? fallback;
      return (await lines[line](() => verifyPassword(password, against, costs))) && hash !== null;
    },
    crowded: () => lines.strangers.waiting() >= MANY_WAITING,
    renewed: async (password, hash) =>
      isOutdated(hash, costs) ? lines.known(() => hashPassword(password, costs)) : null,
  };
}
