import { KithError } from '@kith/client';
import { afterAll, describe, expect, it } from 'vitest';
import { errorText, fieldErrors } from './errors.ts';
import { speak } from './index.ts';

afterAll(() => speak('en'));

const wrong = (path: string, message: string) => new KithError('bad_input', { fields: [{ path, message }] });

describe('what went wrong', () => {
  it('says when to come back, in every language', async () => {
    const error = new KithError('rate_limited', { retryAfterMs: 90_000 });
    await speak('en');
    expect(errorText(error)).toContain('in 2 minutes');
    await speak('de');
    expect(errorText(error)).toContain('in 2 Minuten');
    expect(errorText(new KithError('rate_limited', { retryAfterMs: 100 }))).toContain('Warte');
  });
  it('says of fields that bear one name everywhere what is wrong, whatever the server calls it', async () => {
    await speak('de');
    expect(fieldErrors(wrong('code', 'must be six digits'))?.['code']).toContain('Code');
    const taken = new KithError('conflict', { fields: [{ path: 'username', message: 'taken' }] });
    expect(fieldErrors(taken)?.['username']).toContain('Benutzernamen');
    await speak('en');
    expect(fieldErrors(wrong('code', 'must be six digits'))?.['code']).not.toContain('must be');
  });
  it('leaves all else to the server in English, and says that it is refused elsewhere', async () => {
    await speak('en');
    expect(fieldErrors(wrong('topic', 'is too long'))).toEqual({ topic: 'is too long' });
    await speak('de');
    expect(fieldErrors(wrong('topic', 'is too long'))?.['topic']).not.toBe('is too long');
    expect(fieldErrors(wrong('constructor', 'x'))?.['constructor']).toBeTruthy();
    expect(fieldErrors(new KithError('timeout'))).toBeUndefined();
  });
  it('takes the words of the form that shows it', async () => {
    await speak('en');
    expect(fieldErrors(wrong('password', 'x'), { password: 'security.passwordWrong' })).toEqual({
      password: 'This password is wrong.',
    });
  });
});
