import { expect, it } from 'vitest';
import { close, closeLasting, toast, toasts } from './toast.ts';

const shown = () => toasts.get()?.text;

it('what lasts comes back after what passes, until it is closed', () => {
  toast('first');
  toast('lasts', { lasting: 'one' });
  expect(shown()).toBe('first');
  toast('second');
  expect(shown()).toBe('second');
  close(toasts.get()?.id ?? 0);
  expect(shown()).toBe('lasts');
  toast('third');
  closeLasting();
  close(toasts.get()?.id ?? 0);
  expect(shown()).toBeUndefined();
});

it('of those that last each waits for its turn, and a newer one of the same name takes its place', () => {
  toast('storage', { lasting: 'storage' });
  toast('one word', { lasting: 'unsent' });
  toast('two words', { lasting: 'unsent' });
  expect(shown()).toBe('storage');
  close(toasts.get()?.id ?? 0);
  expect(shown()).toBe('two words');
  close(toasts.get()?.id ?? 0);
  expect(shown()).toBeUndefined();
});
