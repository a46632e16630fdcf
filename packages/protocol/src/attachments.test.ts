import { describe, expect, it } from 'vitest';
import { Content, limits } from './index.ts';

const poll = {
  type: 'poll',
  question: 'Where do we eat?',
  options: ['Here', 'There'],
  multiple: false,
  anonymous: false,
};
const location = { type: 'location', latitude: 48.1, longitude: 11.6 };
const contact = { type: 'contact', name: 'Ana', phone: '+49 (89) 123-456', email: 'ana@example.org' };
const content = (attachment: unknown, text = '') => ({ type: 'plain', text, attachment });
const fits = (value: unknown): boolean => Content.safeParse(value).success;

describe('attachments', () => {
  it('S14: a message is a text, an attachment, or both, but not nothing', () => {
    for (const one of [poll, location, contact]) {
      expect([one.type, fits(content(one))]).toEqual([one.type, true]);
      expect(fits(content(one, 'with words'))).toBe(true);
    }
    expect(fits({ type: 'plain', text: 'words', noPreview: true })).toBe(true);
    for (const nothing of ['', ' \n ']) expect(fits({ type: 'plain', text: nothing })).toBe(false);
    expect(fits(content(null))).toBe(false);
    expect(fits(content({ type: 'spell' }))).toBe(false);
  });

  it('names of things are put on one line', () => {
    const parsed = Content.parse(content({ ...poll, question: '  Where\n\tdo we   eat? ' }));
    expect(parsed).toMatchObject({ attachment: { question: 'Where do we eat?' } });
  });

  it.each([
    ['one option', { ...poll, options: ['Alone'] }],
    [
      'too many options',
      { ...poll, options: Array.from({ length: limits.pollOptions + 1 }, (_, i) => `${i}`) },
    ],
    ['doubles but for case and space', { ...poll, options: ['Here', ' here '] }],
    ['an empty option', { ...poll, options: ['Here', ' '] }],
    ['an option of 5,000 emoji', { ...poll, options: ['😀'.repeat(5_000), 'b'] }],
    ['a bidi override', { ...poll, options: ['\u202Eevil', 'b'] }],
    ['a bidi isolate', { ...poll, question: 'a\u2066b' }],
    ['a control character', { ...poll, question: 'a\u001Bb' }],
    ['NUL', { ...poll, question: 'a\0b' }],
    ['half of a pair', { ...poll, question: 'a\uD83D' }],
    ['a closing time that is none', { ...poll, closesAt: 'tomorrow' }],
    ['more than it has', { ...poll, votes: 3 }],
    ['no number', { ...location, latitude: Number.NaN }],
    ['endless', { ...location, longitude: Number.POSITIVE_INFINITY }],
    ['off the earth', { ...location, latitude: 90.1 }],
    ['text for a number', { ...location, latitude: '48' }],
    ['a script for a number', { ...contact, phone: 'javascript:1' }],
    ['no address', { ...contact, email: 'ana' }],
    ['no id', { ...contact, userId: 'ana' }],
    ['nobody', { type: 'contact', name: '' }],
  ])('refuses %s', (_, attachment) => expect(fits(content(attachment))).toBe(false));
});
