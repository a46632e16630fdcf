/** What the server writes to people, by kind, and the fields of each: as they wait in the outbox (store/mails.ts). */

/** The languages of mails: those of the app. */
export const mailLocales = ['en', 'de', 'es', 'ar', 'zh'] as const;
export type MailLocale = (typeof mailLocales)[number];

/** An address of this very server, from its root: a mail leads nowhere else. Secrets go behind `#`, which no log sees. */
export type OwnPath = `/${string}`;

interface Code {
  readonly code: string;
  /** For so long it is good; after that the mail is not sent any more. */
  readonly minutes: number;
}

/** Names, devices and addresses may be anything a stranger chose. `when` is ISO 8601. */
export type MailContent =
  | ({ readonly kind: 'sign_up_code' } & Code)
  /** Somebody tried to sign up with the address of an account. */
  | { readonly kind: 'sign_up_known'; readonly name: string; readonly resetPath: OwnPath }
  /** Is this address yours? */
  | ({ readonly kind: 'email_code' } & Code)
  /** To the former address. */
  | {
      readonly kind: 'email_changed';
      readonly newAddress: string;
      readonly undoPath: OwnPath;
      readonly days: number;
    }
  | { readonly kind: 'password_reset'; readonly path: OwnPath; readonly minutes: number }
  | { readonly kind: 'password_changed'; readonly when: string; readonly device: string }
  | {
      readonly kind: 'new_device';
      readonly device: string;
      readonly address: string;
      readonly when: string;
      readonly sessionsPath: OwnPath;
    }
  | ({ readonly kind: 'sign_in_code' } & Code)
  | { readonly kind: 'second_factor_changed'; readonly what: SecondFactorChange }
  /** An account at another service is a way in from now on, or no longer. `service`: as it is called. */
  | {
      readonly kind: 'sign_in_way_changed';
      readonly what: 'linked' | 'unlinked';
      readonly service: string;
      readonly securityPath: OwnPath;
    }
  /** The number one signs in with. `phone`: the one it is about, with most of its digits hidden. */
  | {
      readonly kind: 'phone_changed';
      readonly what: PhoneChange;
      readonly phone: string;
      readonly securityPath: OwnPath;
    }
  | { readonly kind: 'account_deletion'; readonly when: string; readonly undoPath: OwnPath }
  | {
      readonly kind: 'invite';
      readonly inviter: string;
      readonly tenant: string;
      readonly path: OwnPath;
      readonly days: number;
    };

export type MailKind = MailContent['kind'];

/** `moved`: somebody else has shown that they hold it. */
export type PhoneChange = 'phone_added' | 'phone_changed' | 'phone_removed' | 'phone_moved';

export type SecondFactorChange =
  | 'totp_on'
  | 'totp_off'
  | 'passkey_added'
  | 'passkey_removed'
  | 'recovery_used'
  | 'recovery_renewed'
  /** All of them, by whoever looks after the place. */
  | 'factors_reset';

/** One mail, or text message, that waits: to whom, in which language, what. */
export interface Letter<C = MailContent> {
  readonly tenantId: number;
  readonly to: string;
  readonly locale: MailLocale;
  readonly mail: C;
}

/** As a mailer takes it. */
export interface RenderedMail {
  /** The same for every attempt, so that who gets it twice can tell. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const LANGUAGES_READ = 10;

/** The first language of an Accept-Language header, or of a setting, that mails are written in; English for all others. */
export function mailLocale(wished: string | null | undefined): MailLocale {
  const languages = (wished ?? '')
    .slice(0, 200)
    .split(',', LANGUAGES_READ)
    .map((part) => (part.split(/[-_;]/, 1)[0] ?? '').trim().toLowerCase());
  for (const language of languages) {
    const found = mailLocales.find((locale) => locale === language);
    if (found) return found;
  }
  return 'en';
}
