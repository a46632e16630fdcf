/** Codes such as :tada: that become their emoji while one writes. One of this place's own stays as it is written. */
import { useClient } from '../app/client.tsx';
import { useStable } from '../app/useStable.ts';
import { rememberEmoji } from '../emoji/recents.ts';
import { type Draft, emojiCodeAt, emojiCodesIn, replace } from './text.ts';
import { emojiOf } from './useCompletion.ts';
import type { Editor } from './useEditor.ts';

export interface EmojiCodes {
  /** A code typed to its closing colon; undo brings the code back. */
  typed(text: string, caret: number): Promise<void>;
  /** The same for what was pasted up to the caret. */
  pasted(before: string, text: string, caret: number): Promise<void>;
}

export function useEmojiCodes(draft: Draft, editor: Editor): EmojiCodes {
  const { byName } = useClient().emoji;
  // The data may be on their way while the writing goes on: what is put in stands in what is there by then.
  const put = useStable((make: (written: Draft) => Draft | undefined) => {
    const element = editor.field.current;
    if (!element || document.activeElement !== element) return;
    const next = make(draft);
    if (!next || next === draft) return;
    const moved = next.text.length - draft.text.length;
    editor.apply(next, element.selectionStart + moved, element.selectionEnd + moved);
  });

  return {
    typed: async (text, caret) => {
      const closed = emojiCodeAt({ text, mentions: [] }, caret);
      if (!closed || byName.get().has(closed.code)) return;
      const char = await emojiOf(closed.code);
      if (char === undefined) return;
      const code = `:${closed.code}:`;
      put((written) => {
        if (!written.text.startsWith(code, closed.start)) return undefined;
        rememberEmoji(char);
        return replace(written, closed.start, closed.start + code.length, char);
      });
    },
    pasted: async (before, text, caret) => {
      let from = 0;
      while (from < caret && before[from] === text[from]) from++;
      const own = byName.get();
      const codes = emojiCodesIn({ text, mentions: [] }, from, caret).filter(({ code }) => !own.has(code));
      const chars = await Promise.all(codes.map(({ code }) => emojiOf(code)));
      put((written) => {
        // Whoever writes on meanwhile keeps what they see.
        if (written.text !== text) return undefined;
        return codes.reduce((next, { start, code }, index) => {
          const char = chars[index];
          return char === undefined ? next : replace(next, start, start + code.length + 2, char);
        }, written);
      });
    },
  };
}
