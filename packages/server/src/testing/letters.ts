/** For tests: a mail room that sends nothing, and keeps what was written. */
import { KithError } from '@kith/protocol';
import { isMailAddress } from '../mail/addresses.ts';
import type { Letter } from '../mail/kinds.ts';
import type { Mail } from '../mail/mail.ts';

export interface Letters extends Mail {
  /** What was written to this address since it was last asked, the oldest first. */
  to(address: string): Letter['mail'][];
}

export function createLetters(): Letters {
  let letters: Letter[] = [];
  return {
    works: true,
    demand: () => undefined,
    enqueue: async (_trx, letter) => {
      if (!isMailAddress(letter.to)) throw new KithError('bad_input');
      letters.push(letter);
    },
    nudge: () => undefined,
    to: (address) => {
      const found = letters.filter(({ to }) => to === address);
      letters = letters.filter(({ to }) => to !== address);
      return found.map(({ mail }) => mail);
    },
  };
}

/** As where no SMTP server is named. */
export const noMail: Mail = {
  works: false,
  demand: () => {
    throw new KithError('unavailable');
  },
  enqueue: () => Promise.reject(new KithError('unavailable')),
  nudge: () => undefined,
};

/** What the hash of a password costs in tests, which would wait for the true cost again and again. */
export const CHEAP = { N: 16, r: 1, p: 1 };
