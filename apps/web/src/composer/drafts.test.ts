import { expect, it } from 'vitest';
import { finishDraft, getDraft, getReplyTo, setDraft, setReplyTo } from './drafts.ts';
import { below } from './text.ts';

const words = (text: string) => ({ text, mentions: [] });

it('what was dealt with goes, unless something else stands there by now', () => {
  setDraft('here', words('tomorrow'));
  setReplyTo('here', 'answered');
  const begun = getDraft('here');
  setDraft('here', words('tomorrow, and this'));
  expect(finishDraft('here', begun, 'answered')).toBe(false);
  expect(getDraft('here').text).toBe('tomorrow, and this');

  setDraft('here', words('tomorrow'));
  setReplyTo('here', 'another');
  expect(finishDraft('here', begun, 'answered')).toBe(false);
  expect(getReplyTo('here')).toBe('another');

  setReplyTo('here', 'answered');
  expect(finishDraft('here', begun, 'answered')).toBe(true);
  expect([getDraft('here').text, getReplyTo('here')]).toEqual(['', undefined]);
});

it('what comes to a draft stands below it, with its mentions', () => {
  const called = { text: 'ask @Bob', mentions: [{ start: 4, end: 8, who: 'bob' }] };
  expect(below(words(' '), called)).toEqual(called);
  expect(below(words('first'), called)).toEqual({
    text: 'first\nask @Bob',
    mentions: [{ start: 10, end: 14, who: 'bob' }],
  });
});
