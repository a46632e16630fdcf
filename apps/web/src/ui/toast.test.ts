import { expect, it } from 'vitest';
import { close, closeNamed, closePersonal, endPassing, toast, toasts } from './toast.ts';

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
  closePersonal();
  expect(shown()).toBeUndefined();
});

it("when the person goes, only what is the device's stays", () => {
  const gone: string[] = [];
  toast('update', { lasting: 'update', anyone: true });
  toast('storage', { lasting: 'storage' });
  toast('left', { onGone: () => gone.push('left') });
  closePersonal();
  expect(shown()).toBe('update');
  // Somebody else's now: what waited for its end is not done in their name.
  expect(gone).toEqual([]);
  toast('left', { onGone: () => gone.push('left') });
  endPassing();
  endPassing();
  expect(gone).toEqual(['left']);
  closeNamed('update');
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

it('tells that it has gone, once, whatever took it away but its own action', () => {
  const gone: string[] = [];
  const say = (text: string) => toast(text, { onGone: () => gone.push(text) });
  say('replaced');
  say('dismissed');
  expect(gone).toEqual(['replaced']);
  close(toasts.get()?.id ?? 0);
  say('acted');
  close(toasts.get()?.id ?? 0, true);
  expect(gone).toEqual(['replaced', 'dismissed']);
});

it('what lasts is closed by its name, also while another lies over it', () => {
  toast('reminder', { lasting: 'reminder' });
  toast('passes');
  closeNamed('another');
  closeNamed('reminder');
  expect(shown()).toBe('passes');
  close(toasts.get()?.id ?? 0);
  expect(shown()).toBeUndefined();
});
