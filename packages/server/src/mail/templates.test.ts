/** Every kind of mail in every language: whole, escaped, and leading nowhere but here. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MailContent, type MailKind, mailLocale, mailLocales, type OwnPath } from './kinds.ts';
import { renderMail } from './templates.ts';
import { en, type MailTexts } from './texts/en.ts';
import { mailTexts } from './texts/index.ts';
import { inOneLine, unlinked } from './words.ts';

const ORIGIN = 'https://chat.example.org';
const WHEN = '2026-11-23T17:05:00.000Z';

/** One of each kind (a new one does not compile without), and of what changed. What strangers choose is `words`. */
const kinds = (
  words: string,
): { readonly [K in MailKind]: readonly Extract<MailContent, { kind: K }>[] } => ({
  sign_up_code: [{ kind: 'sign_up_code', code: '482913', minutes: 10 }],
  sign_up_known: [{ kind: 'sign_up_known', name: words, resetPath: '/reset#a' }],
  email_code: [{ kind: 'email_code', code: '482913', minutes: 10 }],
  email_changed: [{ kind: 'email_changed', newAddress: words, undoPath: '/undo#a', days: 7 }],
  password_reset: [{ kind: 'password_reset', path: '/reset#a', minutes: 30 }],
  password_changed: [{ kind: 'password_changed', when: WHEN, device: words }],
  new_device: [{ kind: 'new_device', device: words, address: words, when: WHEN, sessionsPath: '/sessions' }],
  sign_in_code: [{ kind: 'sign_in_code', code: '482913', minutes: 10 }],
  second_factor_changed: (
    [
      'totp_on',
      'totp_off',
      'passkey_added',
      'passkey_removed',
      'recovery_used',
      'recovery_renewed',
      'factors_reset',
    ] as const
  ).map((what) => ({ kind: 'second_factor_changed', what })),
  sign_in_way_changed: (['linked', 'unlinked'] as const).map((what) => ({
    kind: 'sign_in_way_changed',
    what,
    service: words,
    securityPath: '/settings',
  })),
  phone_changed: (['phone_added', 'phone_changed', 'phone_removed', 'phone_moved'] as const).map((what) => ({
    kind: 'phone_changed',
    what,
    phone: words,
    securityPath: '/settings',
  })),
  account_deletion: [{ kind: 'account_deletion', when: WHEN, undoPath: '/keep#a' }],
  invite: [{ kind: 'invite', inviter: words, tenant: words, path: '/join#a', days: 7 }],
});

const all = (words: string): readonly MailContent[] => Object.values(kinds(words)).flat();

const render = (mail: MailContent, locale: (typeof mailLocales)[number] = 'en', tenantName = 'Kith') =>
  renderMail({ id: '1', to: 'ana@example.org', locale, mail, tenantName }, ORIGIN);

const count = (text: string, what: RegExp): number => [...text.matchAll(what)].length;

describe('the catalogs', () => {
  const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

  it.each(mailLocales)('%s has every text, with the same places to fill', (locale) => {
    const texts: MailTexts = mailTexts[locale];
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(texts)) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe('');
      expect(placeholders(text), key).toEqual(placeholders(en[key as keyof MailTexts]));
    }
  });

  it('are each a language of its own', () => {
    for (const key of Object.keys(en) as (keyof MailTexts)[]) {
      const said = new Set(mailLocales.map((locale) => mailTexts[locale][key]));
      expect(said.size, key).toBe(mailLocales.length);
    }
  });
});

describe.each(mailLocales)('mails in %s', (locale) => {
  it.each(all('Ana').map((mail) => ({ mail, name: 'what' in mail ? mail.what : mail.kind })))(
    '$name is whole',
    ({ mail }) => {
      const { subject, text, html } = render(mail, locale, 'Our Team');
      for (const part of [subject, text, html]) expect(part).not.toMatch(/undefined|\{\w+\}|Invalid/);
      for (const part of [text, html]) {
        expect(part).toContain('Our Team');
        expect(part).toContain(ORIGIN);
        if ('code' in mail) expect(part).toContain(mail.code);
        if ('when' in mail) expect(part).toMatch(/2026.*UTC|UTC.*2026/);
        for (const [field, path] of Object.entries(mail)) {
          if (/path$/i.test(field)) expect(part).toContain(`${ORIGIN}${path}`);
        }
      }
      // Mail servers write subjects into their logs.
      if ('code' in mail) expect(subject).not.toContain(mail.code);
      expect(html).toContain(`<html lang="${locale}" dir="${locale === 'ar' ? 'rtl' : 'ltr'}">`);
      expect(html).not.toMatch(/<(img|script|table|link|iframe)|url\(|http:/i);
    },
  );
});

describe('what strangers chose', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    '</title></style></p><a href="https://evil.example">',
    'Ana\r\nBcc: d@e.f',
    'Ana\u2028\u2029Subject: x\u0085',
    'https://evil.example/login',
    'www.evil.example',
    'evil.example/?a@b.c',
    '\u202egnp.elpmaxe\u2066\u200f',
    '{tenant} {code} $& $1 $<x>',
    '&lt;b&gt;',
    `e\u0301e\u0301a${'\u0300'.repeat(200)}`,
    '\0\ud800\udfff\ud800',
    '',
    ' \t ',
    'x'.repeat(10_000),
  ];

  const elements = (html: string) => [...html.matchAll(/<\/?[a-z!][^>]*>/gi)].map(String);

  const check = (words: string, locale: (typeof mailLocales)[number]): void => {
    for (const [index, mail] of all(words).entries()) {
      const { subject, text, html } = render(mail, locale, words);
      const harmless = render(all('Ana')[index] ?? mail, locale, 'Ana');
      // Not one element, attribute or line more than with a harmless name.
      expect(elements(html)).toEqual(elements(harmless.html));
      expect(text.split('\n')).toHaveLength(harmless.text.split('\n').length);
      for (const part of [subject, text, html]) {
        expect(part).not.toMatch(/[\r\0\u2028\u2029\u0085\u202a-\u202e\u200e\u200f\u061c]/);
        expect(count(part, /\u2068/g)).toBe(count(part, /\u2069/g));
        expect(part.isWellFormed()).toBe(true);
        expect(part).not.toMatch(/\p{M}{4}/u);
      }
      expect(subject).not.toContain('\n');
      expect(subject.length).toBeLessThan(400);
      expect(text.length).toBeLessThan(3_000);
      // Addresses are there to be read, the rest is no link.
      if (mail.kind !== 'email_changed' && mail.kind !== 'new_device') {
        for (const part of [subject, text, html]) expect(part).not.toMatch(/evil\.example|e\.f|\/\/evil/);
      }
    }
  };

  it.each(hostile)('%j stays a few words', (words) => {
    for (const locale of mailLocales) check(words, locale);
  });

  it('stays a few words, whatever it is', () => {
    const piece = fc.oneof(
      fc.constantFrom(...hostile.slice(0, 14)),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({
        unit: fc.constantFrom('<', '>', '"', "'", '&', '{', '}', '\n', '\r', '\u202e', '\u0300', '.'),
      }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), fc.constantFrom(...mailLocales), (pieces, locale) =>
        check(pieces.join(''), locale),
      ),
      { numRuns: 60 },
    );
  });

  it('keeps ordinary names as they are', () => {
    for (const name of ['Ana', 'María José Ñandú', 'د. ليلى', '王小明', "O'Neil", 'Zoë 👩‍👩‍👧']) {
      expect(inOneLine(name)).toBe(name);
    }
    expect(unlinked('Dr. Who')).toBe('Dr. Who');
    expect(unlinked('Chrome 142 on Windows')).toBe('Chrome 142 on Windows');
  });
});

describe('what a mail says', () => {
  it('a code is easy to find and to copy, and how long it is good', () => {
    const { text } = render({ kind: 'sign_in_code', code: '482913', minutes: 10 });
    expect(text).toContain('\n\n    482913\n\n');
    expect(text).toContain('10 minutes');
    expect(render({ kind: 'sign_in_code', code: '482913', minutes: 1 }, 'ar').text).toContain('دقيقة');
  });

  it('leads to this server only', () => {
    for (const path of [
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      'https://evil.example',
    ] as string[]) {
      expect(() => render({ kind: 'password_reset', path: path as OwnPath, minutes: 10 })).toThrow(
        'this server only',
      );
    }
  });

  it('a kind of a newer version is not sent by this one', () => {
    expect(() => render({ kind: 'newer' } as unknown as MailContent)).toThrow('newer');
  });
});

describe('the language', () => {
  it.each([
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['fr-FR, es;q=0.5', 'es'],
    ['zh-Hant-TW', 'zh'],
    ['AR', 'ar'],
    ['fr', 'en'],
    ['', 'en'],
    [null, 'en'],
    [undefined, 'en'],
    ['constructor', 'en'],
    [`${','.repeat(100_000)}de`, 'en'],
  ])('of %j is %s', (wished, locale) => {
    expect(mailLocale(wished)).toBe(locale);
  });
});
