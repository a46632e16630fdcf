import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { aboutWords, type Estimator, estimatorBounds, lengthProblem, weighPassword } from './passwords.ts';

describe('the length of a new password', () => {
  it.each([
    ['elevenlong.', 'short'],
    ['twelve chars', null],
    // Several spaces are one, and what looks like one letter is one.
    ['passw       ord', 'short'],
    ['            ', 'short'],
    ['e\u0301'.repeat(11), 'short'],
    ['e\u0301'.repeat(12), null],
    // One sign that stands for eighteen letters is one.
    ['\uFDFA', 'short'],
    ['🐢'.repeat(11), 'short'],
    ['🐢'.repeat(12), null],
    ['🐢'.repeat(64), null],
    ['x'.repeat(limits.passwordMax), null],
    ['x'.repeat(limits.passwordMax + 1), 'long'],
  ])('%j: %s', (password, problem) => {
    expect(lengthProblem(password)).toBe(problem);
  });
});

describe('weighing', () => {
  const asked: { password: string; about: string[] }[] = [];
  const answering = (
    score: 0 | 1 | 2 | 3 | 4,
    ...sequence: { pattern: string; dictionaryName?: string }[]
  ): Estimator => ({
    check: (password, about) => {
      asked.push({ password, about });
      return { score, sequence };
    },
  });
  const weigh = (estimator: Estimator) => weighPassword(estimator, 'of enough length', []).problem;

  it('takes what needs a hundred million guesses, and says why it does not take the rest', () => {
    const word = { pattern: 'dictionary', dictionaryName: 'passwords-common' };
    const own = { pattern: 'dictionary', dictionaryName: 'userInputs' };
    expect(weigh(answering(3, word))).toBeNull();
    expect(weigh(answering(4, own))).toBeNull();
    expect(weigh(answering(2, word))).toBe('common');
    expect(weigh(answering(0, { pattern: 'repeat' }))).toBe('common');
    expect(weigh(answering(2, word, word))).toBe('guessable');
    expect(weigh(answering(1, word, own))).toBe('personal');
    expect(weigh(answering(1))).toBe('guessable');
  });

  it('wants six characters that are not one’s own name, address or what stands between', () => {
    const about = ['Ada Lovelace', 'ada@example.org'];
    const said = (password: string) => weighPassword(answering(4), password, about);
    expect(said('ada.lovelace (ada) 1815')).toEqual({ score: 2, problem: 'personal' });
    expect(said('ADA-example-12345').problem).toBe('personal');
    expect(said('ada-example-123456')).toEqual({ score: 4, problem: null });
    expect(said('!?!?!?!?!?!?').problem).toBeNull();
  });

  it('gives the estimator little, whatever it is given, and nothing that is too long or too short', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.array(fc.string({ unit: 'binary', maxLength: 2_000 }), { maxLength: 10 }),
        (password, about) => {
          asked.length = 0;
          const { problem } = weighPassword(answering(4), password, about);
          expect(asked).toHaveLength(problem === null ? 1 : 0);
          for (const given of asked) {
            expect(given.password.length).toBeLessThanOrEqual(estimatorBounds.maxLength);
            expect(given.about.length).toBeLessThanOrEqual(32);
            for (const word of given.about) expect(word.length).toBeLessThanOrEqual(64);
          }
        },
      ),
    );
  });
});

it('knows names and addresses whole, in parts and run together', () => {
  expect(aboutWords(['Ada B. Lovelace', 'ada.b@example.org', 'al'])).toEqual([
    'kith',
    'ada b. lovelace',
    'adablovelace',
    'ada',
    'lovelace',
    'ada.b@example.org',
    'adabexampleorg',
    'ada.b',
    'example.org',
    'example',
    'org',
  ]);
});
