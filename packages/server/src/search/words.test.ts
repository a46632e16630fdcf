import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance, keysOf, misspellingKeys } from './vocabulary.ts';
import { fold, stem, tokenize, WORD_LENGTH } from './words.ts';

describe('tokenize', () => {
  const words = (text: string) => tokenize(text).map((token) => `${token.word}@${token.position}`);

  it('takes words apart at whatever is neither letter nor digit', () => {
    expect(words("Don't e-mail foo_bar@x.org!")).toEqual([
      'don@1',
      't@2',
      'e@3',
      'mail@4',
      'foo@5',
      'bar@6',
      'x@7',
      'org@8',
    ]);
  });

  it('takes each character and each pair where there are no spaces', () => {
    expect(words('在北京ok')).toEqual(['在@1', '在北@1', '北@2', '北京@2', '京@3', 'ok@4']);
    expect(words('北 京')).toEqual(['北@1', '京@2']);
  });

  it('keeps marks with their letters', () => {
    expect(tokenize('ที่').map((token) => token.word)).toEqual(['ที่']);
    expect(tokenize('ｶﾞ').map((token) => token.word)).toEqual(['ガ']);
  });

  it('finds every token where it says, and bounds it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        let position = 0;
        for (const token of tokenize(text)) {
          expect(token.word).not.toBe('');
          expect(token.word.length).toBeLessThanOrEqual(WORD_LENGTH);
          expect(token.word.isWellFormed()).toBe(true);
          expect(token.end).toBeGreaterThan(token.start);
          expect(token.position).toBeGreaterThanOrEqual(position);
          position = token.kind === 'pair' ? position : token.position;
        }
      }),
    );
  });

  it('is quick with long texts', () => {
    const began = performance.now();
    for (const unit of ['a', '京', 'ä ', '<@', '\u0301', 'ß']) tokenize(unit.repeat(20_000 / unit.length));
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('fold', () => {
  it('does the same twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
    );
  });
});

describe('stem', () => {
  it.each([
    ['meetings', 'meet'],
    ['running', 'run'],
    ['stories', 'story'],
    ['docs', 'doc'],
    ['hauser', 'haus'],
    ['hausern', 'haus'],
    ['bucher', 'buch'],
    ['frauen', 'frau'],
    ['katzen', 'katze'],
    ['tell', 'telling'],
  ])('%s has that of %s', (word, other) => {
    expect(stem(word)).toBe(stem(other));
  });

  it.each([
    ['hauen', 'haus'],
    ['planet', 'plan'],
    ['ring', 'r'],
  ])('%s has not that of %s', (word, other) => {
    expect(stem(word)).not.toBe(stem(other));
  });
});

describe('misspellings', () => {
  it('of one letter share a key, wherever it is', () => {
    const letter = fc.constantFrom(...'abcdefghij');
    fc.assert(
      fc.property(
        fc.array(letter, { minLength: 4, maxLength: 14 }),
        fc.nat(),
        letter,
        fc.constantFrom('drop', 'add', 'change'),
        (letters, where, other, how) => {
          const at = where % letters.length;
          const wrong = [...letters];
          if (how === 'drop') wrong.splice(at, 1);
          else if (how === 'add') wrong.splice(at, 0, other);
          else wrong[at] = other;
          if (wrong.length < 4) return;
          const keys = new Set(keysOf(letters.join('')));
          expect(misspellingKeys(wrong.join('')).some((key) => keys.has(key))).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['tomorrow', 'tomorow', 1],
    ['because', 'becuase', 1],
    ['abc', 'abc', 0],
    ['kitten', 'sitting', 3],
    ['ab', 'abcdef', 4],
  ])('%s and %s', (a, b, steps) => {
    expect(distance(a, b, 3)).toBe(steps);
  });
});
