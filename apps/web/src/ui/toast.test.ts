import { expect, it } from 'vitest';
import { close, closeLasting, toast, toasts } from './toast.ts';

const shown = () => toasts.get()?.text;

it('what lasts comes back after what passes, until it is closed', () => {
  toast('first');
  toast('lasts', { lasting: true });
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
