/** Marks as read what was really on screen: in a window that has the focus, down to the last row in sight. */
import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { Anchor } from './anchor.ts';
import { type Row, seqOf } from './rows.ts';

interface ReadingInput {
  readonly markRead: (seq: number) => void;
  readonly rows: readonly Row[];
  readonly anchor: Anchor;
  readonly scroller: RefObject<HTMLElement | null>;
}

/** So much of a row must be in sight to count, px. */
const SEEN = 28;

/** Returns what to call whenever the view may have changed. */
export function useReading(input: ReadingInput): () => void {
  const latest = useRef(input);
  latest.current = input;
  const told = useRef(0);

  const check = useCallback(() => {
    const { markRead, rows, anchor, scroller } = latest.current;
    const element = scroller.current;
    if (!element || rows.length === 0 || element.clientHeight === 0) return;
    if (document.visibilityState !== 'visible' || !document.hasFocus()) return;
    const bottom = element.clientHeight;
    let index = Math.min(anchor.rowAt(bottom), rows.length - 1);
    while (index >= 0) {
      const { top, height } = anchor.box(index);
      const seq = seqOf(rows[index]!);
      if (seq > 0 && top + Math.min(SEEN, height) <= bottom) {
        if (seq > told.current) {
          told.current = seq;
          markRead(seq);
        }
        return;
      }
      index--;
    }
  }, []);

  useEffect(() => {
    addEventListener('focus', check);
    document.addEventListener('visibilitychange', check);
    return () => {
      removeEventListener('focus', check);
      document.removeEventListener('visibilitychange', check);
    };
  }, [check]);
  return check;
}
