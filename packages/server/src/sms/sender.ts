/**
 * How one text message leaves: by a provider that speaks as Twilio's Messages API does; into the log, where somebody tries Kith
 * on their own machine; or not at all. Where to is the operator's word alone: no part of the address comes from a stranger.
 */
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { mailerKind } from '../mail/mailerKind.ts';
import { isMessagingService, parseSmsUrl, type SmsProvider } from './smsUrl.ts';

export interface SmsSender {
  readonly kind: 'http' | 'console' | 'none';
  /** Resolves when it was taken. @throws SmsRefused when it never will be, SmsDelayed when it may be later. */
  deliver(to: string, text: string): Promise<void>;
  close(): void;
}

/** Their messages name neither the number nor the text: these are logged. */
export class SmsRefused extends Error {
  override name = 'SmsRefused';
}
export class SmsDelayed extends Error {
  override name = 'SmsDelayed';
}

export type SmsConfig = Pick<Config, 'smsUrl' | 'smsFrom' | 'smtpUrl' | 'publicOrigins' | 'host'>;

export interface SenderOptions {
  readonly config: SmsConfig;
  readonly log: Logger;
  /** How long the provider has for its answer; for tests. */
  readonly patienceMs?: number;
}

/** Shorter than the outbox's lease, and than anybody waits for a code. */
const PATIENCE_MS = 15_000;
/** What a provider may answer. */
const REPLY_BYTES = 64 * 1024;

export function createSender({ config, log, patienceMs = PATIENCE_MS }: SenderOptions): SmsSender {
  const { smsUrl, smsFrom } = config;
  if (smsUrl !== null) {
    if (smsFrom === null) throw new Error('text messages need something to come from');
    return httpSender(parseSmsUrl(smsUrl), smsFrom, patienceMs);
  }
  return printsSms(config) ? consoleSender(log) : noSender;
}

/** As mails are: by what the configuration would make of them without a server for them. */
const printsSms = (config: SmsConfig): boolean => mailerKind({ ...config, smtpUrl: null }) === 'console';

const consoleSender = (log: Logger): SmsSender => ({
  kind: 'console',
  deliver: async (to, text) => {
    log.info({ to, text }, 'a text message, printed because there is no KITH_SMS_URL');
  },
  close: () => undefined,
});

const noSender: SmsSender = {
  kind: 'none',
  deliver: () => Promise.reject(new SmsRefused('this server sends no text messages')),
  close: () => undefined,
};

function httpSender({ url, user, password }: SmsProvider, from: string, patienceMs: number): SmsSender {
  const closed = new AbortController();
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const sender = isMessagingService(from) ? 'MessagingServiceSid' : 'From';
  return {
    kind: 'http',
    deliver: async (to, text) => {
      if (!/^\+\d{5,15}$/.test(to)) throw new SmsRefused('the number has no valid form');
      const { status, code } = await ask(url, {
        method: 'POST',
        headers: { authorization, accept: 'application/json' },
        // As a form: whatever is in it stays in its field.
        body: new URLSearchParams({ To: to, [sender]: from, Body: text }),
        // The token is for nobody else.
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(patienceMs), closed.signal]),
      });
      if (status >= 200 && status < 300) return;
      const what = `the provider answered ${status}${code === null ? '' : `, ${code}`}`;
      // 400 is about the number or the text; all else is about how this server is set up, or about them: somebody can mend it.
      throw status === 400 ? new SmsRefused(what) : new SmsDelayed(what);
    },
    close: () => closed.abort(),
  };
}

/** What it answers; of its words, which may repeat the number, only the number of the error. */
async function ask(url: string, init: RequestInit): Promise<{ status: number; code: number | null }> {
  try {
    const response = await fetch(url, init);
    return { status: response.status, code: response.ok ? await drained(response) : await codeOf(response) };
  } catch (error) {
    const isSlow = error instanceof Error && error.name === 'TimeoutError';
    throw new SmsDelayed(isSlow ? 'the provider took too long' : 'the provider could not be reached');
  }
}

async function drained(response: Response): Promise<null> {
  await response.body?.cancel();
  return null;
}

async function codeOf(response: Response): Promise<number | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > REPLY_BYTES) return null;
    parts.push(part);
  }
  try {
    const said: unknown = JSON.parse(Buffer.concat(parts).toString());
    const code = typeof said === 'object' && said !== null && 'code' in said ? said.code : null;
    return typeof code === 'number' && Number.isSafeInteger(code) ? code : null;
  } catch {
    // No JSON: a proxy in between speaks for itself.
    return null;
  }
}
