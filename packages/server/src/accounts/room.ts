/** What the ways in work with. */
import { addressKey } from '../limits/rateLimiter.ts';
import type { Logger } from '../logger.ts';
import { type MailContent, mailLocale, type OwnPath } from '../mail/kinds.ts';
import type { Mail } from '../mail/mail.ts';
import type { Sms } from '../sms/sms.ts';
import type { Origin } from './accounts.ts';
import type { Doorman } from './challenge/doorman.ts';
import type { Guesses } from './guesses.ts';
import type { Joining } from './invites/joining.ts';
import type { Keys } from './keys.ts';
import type { Passwords } from './passwords/passwords.ts';
import type { Proofs } from './proofs.ts';
import type { Sessions } from './sessions.ts';
import type { AccountsDb } from './tables.ts';
import type { Tokens } from './tokens.ts';

export interface Room {
  readonly db: AccountsDb;
  readonly now: () => number;
  readonly log: Pick<Logger, 'error' | 'warn'>;
  /** Accounts are in this one, so far. */
  readonly tenantId: number;
  readonly passwords: Passwords;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly proofs: Proofs;
  readonly guesses: Guesses;
  readonly doorman: Doorman;
  readonly mail: Mail;
  readonly sms: Sms;
  /** Whether an address is proven before its account is let in. */
  readonly proveAddress: boolean;
  /** Whether somebody new may come in. */
  readonly joining: Joining;
  /** Lets somebody who came by an invitation into its conversations; what fails is done later. */
  settle(userId: string): Promise<void>;
  /** What authenticator apps and passkeys call this place. */
  readonly site: string;
  readonly publicOrigins: readonly string[];
  readonly keys: {
    /** Ciphers the secrets of authenticator apps. */
    readonly totp: Keys;
    /** Of the hashes of recovery codes. */
    readonly recovery: Keys;
  };
}

/** How long what was sent is good for, minutes. */
export const CODE_MINUTES = 10;
export const RESET_MINUTES = 60;
export const UNDO_DAYS = 7;

export const addressOf = ({ address }: Origin): string => addressKey(address ?? 'unknown');

/** Links carry their secret behind the hash: it reaches no server, no log and no Referer. */
export const linkTo = (page: 'reset' | 'undo-email' | 'invite' | 'keep', ticket: string): OwnPath =>
  `/${page}#${ticket}`;

/** Writes a mail down; `mail.nudge` after the commit. `locale`: as a browser or an account says. */
export const send = (
  { mail, tenantId }: Room,
  trx: AccountsDb,
  to: string,
  locale: string | null | undefined,
  content: MailContent,
): Promise<void> => mail.enqueue(trx, { tenantId, to, locale: mailLocale(locale), mail: content });
