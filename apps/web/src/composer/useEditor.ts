/**
 * The text field as an editor of a draft: it keeps the mentions in step with what is typed, and makes changes of its own
 * (a completed name, bold) in a way that the browser's undo knows.
 */
import { type ChangeEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { type Draft, edited, replace } from './text.ts';

export interface Editor {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** Where the caret stands, for completion; -1 when a stretch is selected. */
  readonly caret: number;
  readonly onChange: (event: ChangeEvent<HTMLTextAreaElement>) => void;
  readonly onSelect: () => void;
  /** Puts a new draft in place of the present one, and selects a stretch of it. */
  readonly apply: (next: Draft, start: number, end?: number) => void;
  /** Puts something at the caret and leaves the focus where it is: in the emoji picker, and a phone's keyboard down. */
  readonly drop: (text: string) => void;
  /** Puts something in place of a stretch (the selection unless told), the caret behind it. */
  readonly insert: (piece: Draft | string, start?: number, end?: number) => void;
}

export function useEditor(draft: Draft, setDraft: (draft: Draft) => void): Editor {
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(draft.text.length);
  /** What an own change leads to: the field reports it as if it had been typed. */
  const expected = useRef<Draft>(undefined);
  const selectNext = useRef<readonly [number, number]>(undefined);

  useLayoutEffect(() => {
    const [start, end] = selectNext.current ?? [];
    selectNext.current = undefined;
    if (start !== undefined) field.current?.setSelectionRange(start, end ?? start);
  });

  const onSelect = () => {
    const element = field.current;
    if (element) setCaret(element.selectionStart === element.selectionEnd ? element.selectionEnd : -1);
  };

  const onChange = (event: ChangeEvent<HTMLTextAreaElement>) => {
    const { value, selectionEnd } = event.target;
    const next = expected.current?.text === value ? expected.current : edited(draft, value, selectionEnd);
    setDraft(next);
    setCaret(selectionEnd);
  };

  const apply = (next: Draft, start: number, end = start) => {
    const element = field.current;
    if (!element) return setDraft(next);
    const [from, to, text] = difference(draft.text, next.text);
    element.focus();
    element.setSelectionRange(from, to);
    expected.current = next;
    // Deprecated, and still the only way in that undo and redo know. Chrome takes seconds for a thousand lines of it.
    const small = text.length <= 1_000 && !text.includes('\n');
    const done =
      small &&
      (from !== to || text !== '') &&
      document.execCommand(text ? 'insertText' : 'delete', false, text);
    expected.current = undefined;
    if (!done || element.value !== next.text) setDraft(next);
    setCaret(start === end ? end : -1);
    // What stands there already is not drawn again: left for later, the selection would jump at the next letter.
    if (element.value === next.text) element.setSelectionRange(start, end);
    else selectNext.current = [start, end];
  };

  const insert = (piece: Draft | string, start?: number, end?: number) => {
    const from = start ?? field.current?.selectionStart ?? draft.text.length;
    const to = end ?? field.current?.selectionEnd ?? from;
    const length = typeof piece === 'string' ? piece.length : piece.text.length;
    apply(replace(draft, from, to, piece), from + length);
  };

  const drop = (text: string) => {
    const from = field.current?.selectionStart ?? draft.text.length;
    const to = field.current?.selectionEnd ?? from;
    setDraft(replace(draft, from, to, text));
    selectNext.current = [from + text.length, from + text.length];
  };

  return { field, caret, onChange, onSelect, apply, drop, insert };
}

/** The one stretch in which two texts differ: from, to (in the first), and what the second has there. */
function difference(before: string, after: string): readonly [number, number, string] {
  let prefix = 0;
  const shorter = Math.min(before.length, after.length);
  while (prefix < shorter && before[prefix] === after[prefix]) prefix++;
  let suffix = 0;
  while (suffix < shorter - prefix && before[before.length - 1 - suffix] === after[after.length - 1 - suffix])
    suffix++;
  return [prefix, before.length - suffix, after.slice(prefix, after.length - suffix)];
}
