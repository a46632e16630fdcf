import { describe, expect, it, vi } from 'vitest';
import '../i18n/english.ts';

vi.mock('./media.ts', () => ({ isApple: false }));
const { isShortcut, keysOf, shortcutIds, shortcutSign, shortcuts, shortcutText } = await import(
  './shortcuts.ts'
);

const press = (key: string, more: object = {}) => ({
  key,
  code: '',
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  target: null,
  ...more,
});

describe('the table of shortcuts', () => {
  it('has no chord twice where both could be meant', () => {
    for (const group of ['app', 'list', 'message', 'composer']) {
      const chords = shortcutIds
        .filter((id) => [group, 'app'].includes(shortcuts[id].group))
        .flatMap((id) => shortcuts[id].chords);
      expect(chords.filter((chord, at) => chords.indexOf(chord) !== at)).toEqual([]);
    }
  });

  it('says what each does', () => {
    for (const id of shortcutIds) expect(shortcutText(id)).not.toContain('shortcut.');
    expect(keysOf('Mod+Shift+x')).toEqual(['Ctrl', 'Shift', 'X']);
    expect(keysOf('+')).toEqual(['+']);
    expect(shortcutSign('switcher')).toBe('Ctrl K');
  });
});

describe('isShortcut', () => {
  it('takes exactly the modifiers of the chord', () => {
    expect(isShortcut(press('k', { ctrlKey: true }), 'switcher')).toBe(true);
    expect(isShortcut(press('k', { metaKey: true }), 'switcher')).toBe(true);
    expect(isShortcut(press('k'), 'switcher')).toBe(false);
    expect(isShortcut(press('k', { ctrlKey: true, altKey: true }), 'switcher')).toBe(false);
    expect(isShortcut(press('K', { ctrlKey: true, shiftKey: true }), 'switcher')).toBe(false);
    expect(isShortcut(press('R', { shiftKey: true }), 'reply')).toBe(false);
    expect(isShortcut(press('Delete', { shiftKey: true }), 'remove')).toBe(false);
  });

  it('leaves single keys to whoever types, but not those with a modifier', () => {
    const target = Object.assign(new EventTarget(), { closest: () => ({}) });
    expect(isShortcut(press('?', { target }), 'shortcuts')).toBe(false);
    expect(isShortcut(press('/', { target, ctrlKey: true }), 'shortcuts')).toBe(true);
    expect(isShortcut(press('Escape', { target }), 'close')).toBe(true);
  });

  it('lets the layout choose how a sign is typed', () => {
    expect(isShortcut(press('?', { shiftKey: true }), 'shortcuts')).toBe(true);
    expect(isShortcut(press('؟', { shiftKey: true }), 'shortcuts')).toBe(true);
    expect(isShortcut(press('+', { shiftKey: true }), 'react')).toBe(true);
    expect(isShortcut(press('+'), 'react')).toBe(true);
  });

  it('knows a letter by its key where the layout writes another script', () => {
    expect(isShortcut(press('ق', { code: 'KeyR' }), 'reply')).toBe(true);
    expect(isShortcut(press('л', { code: 'KeyK', ctrlKey: true }), 'switcher')).toBe(true);
    expect(isShortcut(press('˜', { code: 'KeyN', altKey: true }), 'newConversation')).toBe(true);
    // A Latin layout that moves its letters means the letter.
    expect(isShortcut(press('o', { code: 'KeyR' }), 'reply')).toBe(false);
  });
});
