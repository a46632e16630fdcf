import { passwordProblems } from '@kith/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BreachedListUnreadable } from './breached.ts';
import { createPasswordJudge, type JudgeDependencies, passwordRefused } from './strength.ts';

const about = ['Ada Lovelace', 'ada.lovelace', 'ada.lovelace@example.org'];

/** What was warned of, and the answer. */
async function judged(password: string, breached: JudgeDependencies['breached'] = null) {
  const warned: string[] = [];
  const judge = createPasswordJudge({ breached, log: { warn: (_, message) => warned.push(message) } });
  const judgement = await judge(password, about);
  return { warned, said: judgement.ok ? 'good' : judgement.reason };
}

describe('a new password', () => {
  it.each([
    // Words in a row, in any script; no digit, no capital is asked for.
    ['correct horse battery staple', 'good'],
    ['correcthorsebatterystaple', 'good'],
    ['vier Katzen auf dem Dach', 'good'],
    ['пять котов на крыше', 'good'],
    ['我的密码非常安全啊真的吗', 'good'],
    ['🐢🐇🌵🚲🎻🧭🪁🍋🧦🛶🎈🔭', 'good'],
    ['jkl3-xm29-qqz0', 'good'],
    [`  ${'spaces count, and stay'}  `, 'good'],
    ['elevenlong.', 'short'],
    ['passw       ord', 'short'],
    ['x7-'.repeat(43), 'long'],
    ['passwordpassword', 'common'],
    ['PasswordPassword', 'common'],
    ['123456789012', 'common'],
    ['aaaaaaaaaaaaaa', 'common'],
    ['123qwe123qwe', 'common'],
    ['1qaz2wsx3edc', 'common'],
    ['Password123!', 'guessable'],
    ['P@$$w0rd2026!', 'guessable'],
    ['drowssap4321', 'guessable'],
    // The same in wide letters: what is judged is what is hashed.
    ['ｐａｓｓｗｏｒｄ１２３４', 'guessable'],
    ['iloveyou1234', 'guessable'],
    ['qwertyuiop[]', 'guessable'],
    ['abcdefghijkl', 'guessable'],
    ['February2024', 'guessable'],
    ['manchester1984', 'guessable'],
    ['ada.lovelace@example.org', 'personal'],
    ['AdaLovelace1815', 'personal'],
    ['Lovelace-Ada!', 'personal'],
    ['ecalevol.ada', 'personal'],
    ['L0vel@ce2026', 'personal'],
    ['kith-kith.2026', 'personal'],
    ['ada-lovelace.ada', 'personal'],
    ['example.org 12', 'personal'],
    ['ada and her horse', 'good'],
  ])('%j: %s', async (password, said) => {
    expect((await judged(password)).said).toBe(said);
  });

  it('is judged, whatever it is', async () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 10_000 }),
      fc.string({ unit: 'grapheme', maxLength: 130 }),
      // Signs that stand for letters in many ways, and what repeats itself.
      fc.string({ unit: fc.constantFrom(...'4@8({[</369&#!1|0$5+7%2aeils'), maxLength: 130 }),
      fc
        .tuple(fc.string({ minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 2_000 }))
        .map(([part, times]) => part.repeat(times).slice(0, 10_000)),
    );
    await fc.assert(
      fc.asyncProperty(nasty, async (password) => {
        expect(['good', ...passwordProblems]).toContain((await judged(password)).said);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused when it was leaked, and only a good one is looked for', async () => {
    const asked: string[] = [];
    const has = async (password: string) => asked.push(password) > 0;
    expect((await judged('correct horse battery staple', { has })).said).toBe('breached');
    expect((await judged('Password123!', { has })).said).toBe('guessable');
    expect(asked).toEqual(['correct horse battery staple']);
    expect((await judged('correct horse battery staple', { has: async () => false })).said).toBe('good');
  });

  it('is taken without the list when that cannot be read, and the log says so, but not which', async () => {
    const has = () => Promise.reject(new BreachedListUnreadable('gone'));
    const { said, warned } = await judged('correct horse battery staple', { has });
    expect(said).toBe('good');
    expect(warned).toEqual(['the list of leaked passwords cannot be read: a password was taken without it']);
    const mistake = new TypeError('a mistake of ours');
    await expect(judged('correct horse battery staple', { has: () => Promise.reject(mistake) })).rejects.toBe(
      mistake,
    );
  });

  it('is refused in words, and in one word for other languages', () => {
    for (const problem of passwordProblems) {
      const [field] = passwordRefused(problem).toWire().fields ?? [];
      expect(field).toMatchObject({ path: 'password', reason: `password_${problem}` });
      expect(field?.message).toMatch(/^(This password|Use) .*\.$/);
    }
  });
});
