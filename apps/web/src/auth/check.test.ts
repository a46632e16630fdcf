import { describe, expect, it } from 'vitest';
import { suggestUsername, wrongWith } from './check.ts';

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
