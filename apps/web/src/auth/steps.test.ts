import { describe, expect, it } from 'vitest';
import { firstStep, type Move, next, type Step } from './steps.ts';

const asked: Move = {
  type: 'asked',
  reply: { type: 'code_sent', ticket: 't', expiresAt: '2026-01-01T00:00:00.000Z' },
  email: 'ada@example.org',
};
const code: Step = { type: 'code', from: 'sign_up', ticket: 't', email: 'ada@example.org' };

describe('the steps of the door', () => {
  it('lead from a form to the code and, once that is over, back to the same form', () => {
    expect(next({ type: 'sign_up' }, asked)).toEqual(code);
    expect(next(code, { type: 'over' })).toEqual({ type: 'sign_up', notice: 'auth.codeOver' });
    expect(next({ type: 'sign_in' }, asked)).toMatchObject({ from: 'sign_in' });
    expect(next({ ...code, from: 'sign_in' }, { type: 'over' })).toMatchObject({ type: 'sign_in' });
  });
  it('lead by a number to a name where it is new, and back to the number once that is over', () => {
    const ends = '2026-01-01T00:00:00.000Z';
    const sent = { type: 'code_sent', ticket: 't', expiresAt: ends, phone: '+49 1512 3456789' } as const;
    const waiting = next({ type: 'phone' }, { type: 'asked', reply: sent, email: '+49 1512 3456789' });
    expect(waiting).toEqual({ type: 'code', from: 'phone', ticket: 't', email: '+49 1512 3456789' });
    expect(next(waiting, { type: 'over' })).toEqual({ type: 'phone', notice: 'auth.codeOver' });
    const wanted = { type: 'name_wanted', ticket: 'n', expiresAt: ends } as const;
    const name: Step = { type: 'name', ticket: 'n' };
    expect(next(waiting, { type: 'asked', reply: wanted, email: null })).toEqual(name);
    expect(next(name, { type: 'over' })).toEqual({ type: 'phone', notice: 'auth.codeOver' });
    expect(next(name, { type: 'asked', reply: sent, email: null })).toEqual(name);
  });
  it('lead on to a second factor, and back to the beginning once that is over', () => {
    const reply = {
      type: 'second_factor',
      ticket: 'f',
      expiresAt: '2026-01-01T00:00:00.000Z',
      factors: ['totp', 'recovery'],
      passkey: null,
    } as const;
    const factor: Step = { type: 'factor', ticket: 'f', factors: ['totp', 'recovery'], passkey: null };
    for (const step of [{ type: 'sign_in' }, { type: 'reset', token: 'x' }, code] satisfies Step[])
      expect(next(step, { type: 'asked', reply, email: null })).toEqual(factor);
    expect(next({ type: 'forgot' }, { type: 'asked', reply, email: null })).toEqual({ type: 'forgot' });
    expect(firstStep({ type: 'asked', reply }, false, undefined)).toEqual(factor);
    expect(next(factor, { type: 'over' })).toEqual({ type: 'sign_in', notice: 'auth.factorOver' });
  });
  it('lead from an address that was given back to a new password', () => {
    expect(next({ type: 'undo', token: 'u' }, { type: 'undone', email: 'a@x.org', resetToken: 'r' })).toEqual(
      {
        type: 'reset',
        token: 'r',
        undone: 'a@x.org',
      },
    );
  });
  it('say of a link that it is over', () => {
    for (const type of ['reset', 'undo', 'invite'] as const) {
      expect(next({ type, token: 'x' }, { type: 'over' })).toEqual({ type: 'link_over', of: type });
      expect(firstStep({ type, token: '' }, false, undefined)).toEqual({ type: 'link_over', of: type });
    }
  });
  it('begin with the invitation somebody has in hand, unless there is something to be said first', () => {
    expect(firstStep(undefined, false, undefined, 'i')).toEqual({ type: 'invite', token: 'i' });
    expect(firstStep(undefined, false, 'app.signedOut', 'i')).toMatchObject({ type: 'sign_in' });
    expect(firstStep({ type: 'reset', token: 'r' }, false, undefined, 'i')).toMatchObject({ type: 'reset' });
  });
  it('take no answer to a question that was left', () => {
    for (const step of [{ type: 'forgot' }, { type: 'mailed', email: 'a@x.org' }] satisfies Step[])
      expect(next(step, asked)).toBe(step);
    expect(next(code, { type: 'mailed', email: 'a@x.org' })).toBe(code);
    expect(next({ type: 'sign_in' }, { type: 'over' })).toEqual({ type: 'sign_in' });
  });
  it('begin where the link, the first account or nothing leads', () => {
    expect(firstStep({ type: 'undo', token: 'x' }, true, undefined)).toEqual({ type: 'undo', token: 'x' });
    expect(firstStep(undefined, true, undefined)).toEqual({ type: 'sign_up' });
    expect(firstStep(undefined, false, 'app.signedOut')).toEqual({
      type: 'sign_in',
      notice: 'app.signedOut',
    });
  });
});
