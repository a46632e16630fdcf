/**
 * Whether somebody who knocks is let on, or asked for work first. `auto`: only while it counts, when many knock in the whole
 * service, from one network or for one address, or the line at the hashing is long. Whoever has done the work is not held up
 * by what others did without it.
 */
import { type ChallengeSolution, KithError } from '@kith/protocol';
import type { AccountsDb } from '../tables.ts';
import type { ChallengeKind } from './challenge.ts';
import { aboutOf, type Knock, type Knocks } from './knocks.ts';

export type ChallengeMode = 'auto' | 'on' | 'off';

export interface Doorman {
  /** @throws KithError challenge_required, with what is to be solved. */
  admit(knock: Knock, solution: ChallengeSolution | undefined): Promise<Admission>;
}

export type Admission =
  | { readonly type: 'unasked' }
  /** Shown to be worth a second of work. */
  | { readonly type: 'solved' };

/** What becomes of challenges, for who counts. */
export type ChallengeFate = 'asked' | 'solved' | 'refused';

export interface DoormanDependencies {
  readonly db: AccountsDb;
  readonly mode: ChallengeMode;
  readonly kind: ChallengeKind;
  readonly knocks: Knocks;
  /** Whether the line of strangers at the hashing is long. */
  readonly crowded: () => boolean;
  readonly tell: (fate: ChallengeFate) => void;
}

const UNASKED: Admission = { type: 'unasked' };

export function createDoorman({ db, mode, kind, knocks, crowded, tell }: DoormanDependencies): Doorman {
  /** Of two that bring the same one, at whatever node, one is believed. */
  const spend = async (knock: Knock, solution: ChallengeSolution): Promise<boolean> => {
    const solved = kind.verify(aboutOf(knock), solution);
    if (!solved) return false;
    const spent = await db
      .insertInto('challenges_spent')
      .values({ nonce: solved.nonce, expires_at: solved.expiresAt })
      .onConflict((oc) => oc.doNothing())
      .returning('nonce')
      .executeTakeFirst();
    return spent !== undefined;
  };
  const require = (knock: Knock, hardness: number): KithError => {
    tell('asked');
    return new KithError('challenge_required', {
      challenge: kind.issue(aboutOf(knock), Math.max(1, hardness)),
    });
  };
  /** Who signs in guesses, and that is counted elsewhere: here counts only what keeps others waiting. */
  const pressure = async (knock: Knock): Promise<number> => {
    const here = crowded() ? 1 : 0;
    return knock.deed === 'sign_in' ? here : Math.max(here, await knocks.pressure(knock));
  };

  return {
    admit: async (knock, solution) => {
      if (mode === 'off') return UNASKED;
      if (solution) {
        if (await spend(knock, solution)) {
          tell('solved');
          if (knock.deed !== 'sign_in') await knocks.count(knock);
          return { type: 'solved' };
        }
        tell('refused');
        // Asked anew below, should it still be asked for.
      }
      const hard = await pressure(knock);
      if (mode === 'on' || hard > 0) throw require(knock, hard);
      const late = knock.deed === 'sign_in' ? 0 : await knocks.count(knock);
      if (late > 0) throw require(knock, late);
      return UNASKED;
    },
  };
}
