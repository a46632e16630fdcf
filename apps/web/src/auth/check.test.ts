import { describe, expect, it } from 'vitest';
import { digitsIn, suggestUsername, wrongWith } from './check.ts';

const good = {
  email: 'ada@example.org',
  password: 'long enough by now',
  username: 'ada',
  displayName: 'Ada',
};

describe('wrongWith', () => {
  it('lets good values pass', () => {
    expect(wrongWith(good, true)).toEqual({});
    expect(wrongWith({ ...good, username: '', displayName: '' }, false)).toEqual({});
  });
  it('names each field, in the order of the form', () => {
    expect(
      Object.keys(wrongWith({ email: 'x', password: '1', username: '-', displayName: ' ' }, true)),
    ).toEqual(['displayName', 'username', 'email', 'password']);
  });
  it('takes a username to sign in with, but not to sign up', () => {
    for (const login of ['ada', '@ada', 'Ada'])
      expect(wrongWith({ ...good, email: login }, false)).toEqual({});
    for (const login of ['Ada Lovelace', 'ada@', 'a'])
      expect(Object.keys(wrongWith({ ...good, email: login }, false))).toEqual(['email']);
    expect(Object.keys(wrongWith({ ...good, email: ' ' }, false))).toEqual(['email']);
    expect(Object.keys(wrongWith({ ...good, email: 'ada' }, true))).toEqual(['email']);
  });
  it('does not judge a password one signs in with', () => {
    expect(wrongWith({ ...good, password: '1' }, false)).toEqual({});
  });
});

describe('suggestUsername', () => {
  it('makes what the wire accepts', () => {
    expect(suggestUsername('Ada Lovelace')).toBe('ada.lovelace');
    expect(suggestUsername('  Leïla  d’Haddad ')).toBe('leila.d.haddad');
    expect(suggestUsername('京都')).toBe('');
    expect(suggestUsername('x'.repeat(80))).toHaveLength(32);
  });
});

describe('digitsIn', () => {
  it('takes a code as it is typed, pasted or written elsewhere', () => {
    for (const typed of [
      '123456',
      ' 123 456 ',
      '123-456',
      '١٢٣٤٥٦',
      '۱۲۳ ۴۵۶',
      '１２３４５６',
      'Kith: 123456',
    ])
      expect(digitsIn(typed), typed).toBe('123456');
  });
  it('takes no more than there can be', () => {
    expect(digitsIn('1234567890')).toBe('123456');
    expect(digitsIn('no digits')).toBe('');
  });
});
