/**
 * Mails, and text messages, that wait (docs/decisions/0019-mail.md): any node claims those whose time has come, sends them, and removes their rows.
 * A node that dies between the server's 250 and that sends one twice, under the same Message-ID; none is lost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRounds } from '../jobs/rounds.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../store/database.ts';
import {
  type Channel,
  claimMails,
  dropMail,
  nextMail,
  putOffMail,
  type WaitingMail,
} from '../store/mails.ts';

export interface Outbox {
  start(): void;
  /** A mail was committed: there is a look at once. */
  nudge(): void;
  /** Sends what is due; resolves when that is done. */
  round(): Promise<void>;
  /** Gives what is under way some seconds, and puts off the rest. */
  close(): Promise<void>;
}

/** How what waits leaves. */
export interface Post<C> {
  readonly channel: Channel;
  /** As logs call one: a mail. */
  readonly noun: string;
  /** Resolves when it was taken. */
  deliver(waiting: WaitingMail<C>): Promise<void>;
  /** Whether it never will be taken; else it is tried again. */
  isRefusal(error: unknown): error is Error;
  /** Ends what is under way. */
  close(): void;
}

export interface OutboxOptions<C> {
  readonly database: Pick<Database, 'db'>;
  readonly post: Post<C>;
  readonly log: Logger;
  readonly now?: () => number;
  readonly sent?: (what: 'sent' | 'refused' | 'late') => void;
}

/** Longer than a delivery may take. */
const LEASE_MS = 2 * 60_000;
const AT_ONCE = 20;
const CLOSING_MS = 5_000;

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 4 * 60 * 60_000;

/** After so many attempts: half a minute, one, two, four, up to four hours. */
export const pauseAfter = (attempts: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_PAUSE_MS);

export function createOutbox<C extends { readonly kind: string }>({
  database: { db },
  post,
  log,
  now = Date.now,
  sent = () => undefined,
}: OutboxOptions<C>): Outbox {
  const { channel, noun } = post;
  const flying = new Set<Promise<void>>();

  const send = async (mail: WaitingMail<C>): Promise<void> => {
    const { id, attempts, expiresAt } = mail;
    const about = { id, kind: mail.mail.kind, attempts: attempts + 1 };
    if (expiresAt.getTime() <= now()) {
      sent('late');
      log.error(about, `${noun} was not sent in time`);
      return dropMail(db, id);
    }
    try {
      await post.deliver(mail);
    } catch (error) {
      if (post.isRefusal(error)) {
        sent('refused');
        log.error({ ...about, reason: error.message }, `${noun} was refused`);
        return dropMail(db, id);
      }
      const next = now() + pauseAfter(attempts + 1);
      if (next >= expiresAt.getTime()) {
        sent('late');
        log.error({ ...about, err: error }, `${noun} could not be sent in time`);
        return dropMail(db, id);
      }
      log.warn({ ...about, err: error }, `${noun} could not be sent; it is tried again`);
      return putOffMail(db, id, new Date(next));
    }
    sent('sent');
    await dropMail(db, id);
    log.debug(about, `${noun} was sent`);
  };

  const fly = (mail: WaitingMail<C>): void => {
    const flight = send(mail)
      .catch((error: unknown) =>
        log.warn({ err: error, id: mail.id }, `what became of ${noun} could not be written down`),
      )
      .finally(() => {
        // With every place taken, a look leaves what is due where it is.
        if (flying.size === AT_ONCE) rounds.plan(now());
        flying.delete(flight);
      });
    flying.add(flight);
  };

  const rounds = createRounds({
    look: async () => {
      const free = AT_ONCE - flying.size;
      if (free === 0) return;
      for (const mail of await claimMails<C>(db, channel, now(), LEASE_MS, free)) fly(mail);
    },
    next: async () => (flying.size === AT_ONCE ? null : nextMail(db, channel, now())),
    onError: (error) => log.warn({ err: error }, `what is to be sent could not be looked for: ${noun}`),
    now,
  });

  const settled = async (): Promise<void> => {
    while (flying.size > 0) await Promise.all(flying);
  };

  return {
    start: () => rounds.plan(now()),
    nudge: () => rounds.plan(now()),
    round: async () => {
      await rounds.round();
      await settled();
    },
    close: async () => {
      await rounds.close();
      await Promise.race([settled(), sleep(CLOSING_MS, undefined, { ref: false })]);
      post.close();
      await settled();
    },
  };
}
