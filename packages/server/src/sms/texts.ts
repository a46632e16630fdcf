/**
 * What a text message says: a code, and for which site. Short, as each 70 to 160 signs are paid for. Its last line is for the
 * phone, which fills in the code on the page of that host and on no other (https://wicg.github.io/sms-one-time-codes).
 */
import type { MailLocale } from '../mail/kinds.ts';
import { filled, inOneLine, isolated } from '../mail/words.ts';

/** So far the only kind: as it waits in the outbox. */
export interface SmsContent {
  readonly kind: 'phone_code';
  readonly code: string;
  readonly minutes: number;
}

const texts: Readonly<Record<MailLocale, string>> = {
  en: '{code} is your code for {site}. Give it to nobody.',
  de: '{code} ist dein Code für {site}. Gib ihn niemandem.',
  es: '{code} es tu código para {site}. No se lo des a nadie.',
  ar: '{code} هو رمزك في {site}. لا تعطه لأحد.',
  zh: '{code} 是你在 {site} 的验证码。请勿告诉任何人。',
};

const SITE_MAX = 30;

export interface SmsToRender {
  readonly locale: MailLocale;
  readonly tenantName: string;
  readonly mail: SmsContent;
}

/** @throws Error for what is no code: it stands where a phone looks for one. */
export function renderSms({ locale, tenantName, mail: { code } }: SmsToRender, origin: string): string {
  if (!/^\d{6}$/.test(code)) throw new Error('a text message carries six digits');
  // Its own signs would make another line for the phone.
  const name = inOneLine(tenantName)
    .replace(/[@#]/g, ' ')
    .replace(/([.:/])(?=\S)/g, '$1 ');
  const site = [...name].slice(0, SITE_MAX).join('').replace(/\s+/g, ' ').trim();
  const said = filled(texts[locale], { code, site: isolated(site || 'Kith', false) });
  const { hostname } = new URL(origin);
  // Numbers are nobody's name.
  const isNumber = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  return isNumber ? said : `${said}\n\n@${hostname} #${code}`;
}
