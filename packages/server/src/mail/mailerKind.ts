/** What the configuration makes of mails. */
import type { Config } from '../config.ts';
import { isThisMachine } from './smtpUrl.ts';

/** `console`: into the log, which is for whoever tries Kith on their own machine; a server that others reach must not print what opens their accounts. */
export type MailerKind = 'smtp' | 'console' | 'none';

export function mailerKind({
  smtpUrl,
  publicOrigins,
  host,
}: Pick<Config, 'smtpUrl' | 'publicOrigins' | 'host'>): MailerKind {
  if (smtpUrl !== null) return 'smtp';
  const isOwn =
    publicOrigins.length > 0
      ? publicOrigins.every((origin) => isThisMachine(new URL(origin).hostname))
      : isThisMachine(host);
  return isOwn ? 'console' : 'none';
}
