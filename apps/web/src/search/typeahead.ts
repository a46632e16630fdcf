/** Letters that are typed between the shortcut and the field it opens: no letter of a quick typist goes elsewhere. */

let letters: string | null = null;

function onKey(event: KeyboardEvent): void {
  if (letters === null || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key.length === 1) letters += event.key;
  else if (event.key === 'Backspace') letters = letters.slice(0, -1);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** From now on, until somebody takes them. */
export function catchLetters(): void {
  if (letters !== null) return;
  letters = '';
  addEventListener('keydown', onKey, { capture: true });
}

/** What was typed meanwhile. */
export function takeLetters(): string {
  const typed = letters ?? '';
  letters = null;
  removeEventListener('keydown', onKey, { capture: true });
  return typed;
}
