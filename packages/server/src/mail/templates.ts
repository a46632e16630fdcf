/** What each kind of mail says: its parts, in order. How parts look is layout.ts's matter. */
import type { WaitingMail } from '../store/mails.ts';
import type { MailContent, MailLocale, OwnPath, RenderedMail } from './kinds.ts';
import { type Part, toHtml, toText } from './layout.ts';
import { type MailTexts, mailTexts } from './texts/index.ts';
import { filled, inOneLine, isolated, unlinked } from './words.ts';

export type MailToRender = Pick<WaitingMail, 'id' | 'to' | 'locale' | 'mail' | 'tenantName'>;

/** @throws Error when it would lead elsewhere than to `origin`, or is of a kind that this version does not know. */
export function renderMail({ id, to, locale, mail, tenantName }: MailToRender, origin: string): RenderedMail {
  const direction = locale === 'ar' ? 'rtl' : 'ltr';
  const writer = createWriter(locale, origin, {
    tenant: isolated(unlinked(tenantName), direction === 'rtl'),
    origin,
  });
  const { subject, parts } = write(mail, writer);
  const page = { locale, direction, subject, parts, from: writer.say('from') } as const;
  return { id, to, subject, text: toText(page), html: toHtml(page) };
}

interface Writer {
  /** A text of the catalog, with what stands in its braces. */
  say(key: keyof MailTexts, values?: Readonly<Record<string, string>>): string;
  /** A paragraph of it. */
  text(key: keyof MailTexts, values?: Readonly<Record<string, string>>): Part;
  note(key: keyof MailTexts, values?: Readonly<Record<string, string>>): Part;
  button(key: keyof MailTexts, path: OwnPath): Part;
  /** What a stranger chose. */
  theirs(value: string): string;
  /** An address, to be read and compared. */
  exact(value: string): string;
  unit(count: number, unit: 'minute' | 'day'): string;
  moment(when: string): string;
}

function createWriter(locale: MailLocale, origin: string, always: Readonly<Record<string, string>>): Writer {
  const texts = mailTexts[locale];
  const isRightToLeft = locale === 'ar';
  const say: Writer['say'] = (key, values) => filled(texts[key], { ...always, ...values });
  return {
    say,
    text: (key, values) => ({ type: 'text', text: say(key, values) }),
    note: (key, values) => ({ type: 'note', text: say(key, values) }),
    button: (key, path) => ({
      type: 'button',
      label: say(key),
      url: ownUrl(path, origin),
      hint: say('openAddress'),
    }),
    theirs: (value) => isolated(unlinked(value), isRightToLeft),
    exact: (value) => isolated(inOneLine(value), isRightToLeft),
    unit: (count, unit) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count),
    moment: (when) =>
      isolated(
        new Intl.DateTimeFormat(locale, {
          year: 'numeric',
          month: 'long',
          day: 'numeric',
          hour: 'numeric',
          minute: '2-digit',
          timeZone: 'UTC',
          timeZoneName: 'short',
        }).format(new Date(when)),
        isRightToLeft,
      ),
  };
}

/** A path such as `//elsewhere.example` would be an address of somebody else. */
function ownUrl(path: string, origin: string): string {
  const url = new URL(path, origin);
  if (!path.startsWith('/') || url.origin !== origin) throw new Error('a mail leads to this server only');
  return url.href;
}

interface Written {
  readonly subject: string;
  readonly parts: readonly Part[];
}

function write(mail: MailContent, { say, text, note, button, theirs, exact, unit, moment }: Writer): Written {
  const code = ({ code, minutes }: { readonly code: string; readonly minutes: number }): readonly Part[] => [
    { type: 'code', code: inOneLine(code) },
    note('codeGood', { time: unit(minutes, 'minute') }),
  ];
  switch (mail.kind) {
    case 'sign_up_code':
      return {
        subject: say('signUpCodeSubject'),
        parts: [text('signUpCode'), ...code(mail), note('signUpCodeNotYou')],
      };
    case 'sign_up_known':
      return {
        subject: say('signUpKnownSubject'),
        parts: [
          text('signUpKnown', { name: theirs(mail.name) }),
          text('signUpKnownHint'),
          button('setPasswordAction', mail.resetPath),
          note('signUpKnownNotYou'),
        ],
      };
    case 'email_code':
      return {
        subject: say('emailCodeSubject'),
        parts: [text('emailCode'), ...code(mail), note('emailCodeNotYou')],
      };
    case 'email_changed':
      return {
        subject: say('emailChangedSubject'),
        parts: [
          text('emailChanged', { newAddress: exact(mail.newAddress) }),
          text('emailChangedNotYou', { time: unit(mail.days, 'day') }),
          button('emailChangedAction', mail.undoPath),
        ],
      };
    case 'password_reset':
      return {
        subject: say('passwordResetSubject'),
        parts: [
          text('passwordReset'),
          button('setPasswordAction', mail.path),
          note('linkGood', { time: unit(mail.minutes, 'minute') }),
          note('passwordResetNotYou'),
        ],
      };
    case 'password_changed':
      return {
        subject: say('passwordChangedSubject'),
        parts: [
          text('passwordChanged'),
          {
            type: 'facts',
            facts: [
              [say('time'), moment(mail.when)],
              [say('device'), theirs(mail.device)],
            ],
          },
          text('notYou'),
        ],
      };
    case 'new_device':
      return {
        subject: say('newDeviceSubject'),
        parts: [
          text('newDevice'),
          {
            type: 'facts',
            facts: [
              [say('device'), theirs(mail.device)],
              [say('address'), exact(mail.address)],
              [say('time'), moment(mail.when)],
            ],
          },
          text('newDeviceNotYou'),
          button('newDeviceAction', mail.sessionsPath),
        ],
      };
    case 'sign_in_code':
      return {
        subject: say('signInCodeSubject'),
        parts: [text('signInCode'), ...code(mail), note('signInCodeNotYou')],
      };
    case 'second_factor_changed':
      return { subject: say('secondFactorSubject'), parts: [text(mail.what), text('notYou')] };
    case 'sign_in_way_changed':
      return {
        subject: say('secondFactorSubject'),
        parts: [
          text(mail.what === 'linked' ? 'providerLinked' : 'providerUnlinked', {
            service: theirs(mail.service),
          }),
          text('providerNotYou'),
          button('providerAction', mail.securityPath),
        ],
      };
    case 'phone_changed':
      return {
        subject: say('secondFactorSubject'),
        parts: [
          text(mail.what, { phone: theirs(mail.phone) }),
          text('providerNotYou'),
          button('providerAction', mail.securityPath),
        ],
      };
    case 'account_deletion':
      return {
        subject: say('deletionSubject'),
        parts: [
          text('deletion', { when: moment(mail.when) }),
          text('deletionNotYou'),
          button('deletionAction', mail.undoPath),
        ],
      };
    case 'invite': {
      const names = { inviter: theirs(mail.inviter), team: theirs(mail.tenant) };
      return {
        subject: say('inviteSubject', names),
        parts: [
          text('invite', names),
          button('inviteAction', mail.path),
          note('inviteGood', { time: unit(mail.days, 'day') }),
          note('inviteNotYou'),
        ],
      };
    }
    default:
      return unknownKind(mail);
  }
}

/** A newer version on this database wrote it; a node of that version will send it. */
function unknownKind(mail: never): never {
  throw new Error(`there is no mail of the kind ${String((mail as { kind?: unknown }).kind)} here`);
}
