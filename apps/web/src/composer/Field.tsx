/** The text field with its completion, emoji and send button: the same for writing and for editing. */
import { limits } from '@kith/client';
import { ArrowUp, Check, Smile } from 'lucide-react';
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useClient } from '../app/client.tsx';
import { pointerFine, useMedia } from '../app/media.ts';
import { EmojiPopover } from '../emoji/EmojiPopover.tsx';
import { rememberEmoji } from '../emoji/recents.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { CompletionList, optionId } from './CompletionList.tsx';
import { onFocusComposer } from './intent.ts';
import {
  completingAt,
  type Draft,
  emojiCodeAt,
  mentionDraft,
  replace,
  spelled,
  toggleMark,
  toWire,
} from './text.ts';
import { type Candidate, emojiOf, useCandidates, whoIsSpelled } from './useCompletion.ts';
import { useEditor } from './useEditor.ts';

export interface FieldProps {
  readonly conversationId: string;
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  readonly placeholder: string;
  readonly submit: 'send' | 'save';
  /** With the text as it travels: neither blank nor too long. */
  readonly onSubmit: (wire: string) => void;
  /** What the message answers, or edits. */
  readonly strip?: ReactNode;
  readonly onEscape?: (() => void) | undefined;
  readonly onArrowUp?: () => void;
  /** Takes the focus whenever this changes, and at first when there is a keyboard. */
  readonly focusKey: string;
}

/** From here on the rest is counted. */
const COUNT_FROM = limits.textLength - 1_000;
const MARKS: Readonly<Record<string, string>> = { b: '**', i: '*', X: '~~', x: '~~' };
/** Sizes itself by its text where the browser can; elsewhere it is measured. */
const SIZES_ITSELF = typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content');

/** Neither pasted nor taken back, nor in the hands of an input method. */
const isTyping = (event: Event): boolean =>
  event instanceof InputEvent && event.inputType === 'insertText' && !event.isComposing;

export function Field(props: FieldProps) {
  const {
    conversationId,
    draft,
    setDraft,
    placeholder,
    submit,
    onSubmit,
    strip,
    onEscape,
    onArrowUp,
    focusKey,
  } = props;
  const id = useId();
  const client = useClient();
  const keyboard = useMedia(pointerFine);
  const editor = useEditor(draft, setDraft);
  const { field } = editor;
  const [emojiOpen, setEmojiOpen] = useState(false);
  const emojiButton = useRef<HTMLButtonElement>(null);
  const [focused, setFocused] = useState(false);
  /** Closed by Escape: stays closed for this word. */
  const [dismissed, setDismissed] = useState<number>();
  const [chosen, setChosen] = useState<{ readonly of: string; readonly index: number }>();

  const completing = focused && editor.caret >= 0 ? completingAt(draft, editor.caret) : undefined;
  const wanted = completing && completing.start !== dismissed ? completing : undefined;
  const candidates = useCandidates(conversationId, wanted);
  const open = wanted !== undefined && candidates.length > 0;
  const word = wanted ? `${wanted.type}${wanted.query}` : '';
  const active = chosen?.of === word ? Math.min(chosen.index, candidates.length - 1) : 0;

  const blank = draft.text.trim() === '';
  const length = draft.text.length > COUNT_FROM - 50 * draft.mentions.length ? toWire(draft).length : 0;
  const over = length - limits.textLength;
  const ready = !blank && over <= 0;

  useLayoutEffect(() => {
    const element = field.current;
    if (SIZES_ITSELF || !element || element.value !== draft.text) return;
    element.style.blockSize = 'auto';
    element.style.blockSize = `${element.scrollHeight}px`;
  }, [draft.text, field]);

  const focus = () => {
    const element = field.current;
    if (!element) return;
    element.focus();
    element.setSelectionRange(element.value.length, element.value.length);
    editor.onSelect();
  };
  const firstFocus = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the reason to take the focus
  useEffect(() => {
    const first = firstFocus.current;
    firstFocus.current = false;
    // Opening a conversation on a phone must not push half of it away with the keyboard.
    if (keyboard || !first || submit === 'save') focus();
  }, [focusKey]);
  useEffect(
    () => onFocusComposer((wantedId) => wantedId === conversationId && field.current?.focus()),
    [conversationId, field],
  );
  // Whoever types while nothing has the focus means the message, as after a click into the timeline.
  useEffect(() => {
    if (!keyboard) return;
    const onKey = (event: globalThis.KeyboardEvent) => {
      const nothing = document.activeElement === null || document.activeElement === document.body;
      if (!nothing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key.length === 1 && event.key !== ' ') field.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [keyboard, field]);
  useEffect(() => () => client.typing.notify(conversationId, false), [client, conversationId]);

  const send = () => {
    if (!ready) return;
    client.typing.notify(conversationId, false);
    const entry = client.conversations.get(conversationId).get();
    onSubmit(toWire(spelled(draft, (name) => whoIsSpelled(entry, name))));
    setDismissed(undefined);
  };

  const pick = (candidate: Candidate) => {
    if (!wanted) return;
    const end = editor.caret;
    if (candidate.type === 'emoji') {
      rememberEmoji(candidate.emoji.char);
      editor.insert(`${candidate.emoji.char} `, wanted.start, end);
      return;
    }
    const mention =
      candidate.type === 'all'
        ? mentionDraft('all', 'all')
        : mentionDraft(candidate.user.displayName, candidate.user.id);
    editor.insert({ text: `${mention.text} `, mentions: mention.mentions }, wanted.start, end);
  };

  const now = useRef({ draft, editor });
  useLayoutEffect(() => {
    now.current = { draft, editor };
  });
  /** A code typed to its closing colon becomes its emoji; undo brings the code back. */
  const completeCode = async (typed: string, caret: number) => {
    const closed = emojiCodeAt({ text: typed, mentions: [] }, caret);
    if (!closed) return;
    const char = await emojiOf(closed.code);
    const element = field.current;
    // The data may have been on their way while the writing went on.
    if (char === undefined || !element || document.activeElement !== element) return;
    const { draft: written, editor: editing } = now.current;
    const code = `:${closed.code}:`;
    if (!written.text.startsWith(code, closed.start)) return;
    const next = replace(written, closed.start, closed.start + code.length, char);
    rememberEmoji(char);
    const moved = char.length - code.length;
    editing.apply(next, element.selectionStart + moved, element.selectionEnd + moved);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes, Enter and the arrows are its own. 229: Safari's last key of a composition.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (open && completionKey(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      // With a finger Enter is the only way to a new line, and the button is near; Ctrl+Enter always sends.
      if (!keyboard && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      send();
      return;
    }
    if (event.key === 'Escape' && onEscape) {
      event.stopPropagation();
      onEscape();
      return;
    }
    if (event.key === 'ArrowUp' && draft.text === '' && !event.shiftKey && onArrowUp) {
      event.preventDefault();
      onArrowUp();
      return;
    }
    const mark = (event.ctrlKey || event.metaKey) && !event.altKey ? MARKS[event.key] : undefined;
    if (mark && event.shiftKey === (mark === '~~')) {
      event.preventDefault();
      const { selectionStart, selectionEnd } = event.currentTarget;
      const marked = toggleMark(draft, selectionStart, selectionEnd, mark);
      editor.apply(marked.draft, marked.start, marked.end);
    }
  };

  const completionKey = (event: KeyboardEvent): boolean => {
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        const step = event.key === 'ArrowDown' ? 1 : -1;
        setChosen({ of: word, index: (active + step + candidates.length) % candidates.length });
        break;
      }
      case 'Enter':
      case 'Tab': {
        const candidate = candidates[active];
        if (event.shiftKey || !candidate) return false;
        pick(candidate);
        break;
      }
      case 'Escape':
        setDismissed(wanted?.start);
        event.stopPropagation();
        break;
      default:
        return false;
    }
    event.preventDefault();
    return true;
  };

  return (
    <div className="kith-composer">
      {open && (
        <CompletionList
          id={`${id}-list`}
          candidates={candidates}
          active={active}
          onPick={pick}
          onHover={(index) => setChosen({ of: word, index })}
        />
      )}
      <div className="kith-composer-box" data-over={over > 0 || undefined}>
        {strip}
        <div className="kith-composer-row">
          <IconButton
            ref={emojiButton}
            icon={Smile}
            label="Emoji"
            aria-expanded={emojiOpen}
            onClick={() => setEmojiOpen(!emojiOpen)}
          />
          <textarea
            ref={field}
            className="kith-composer-text"
            aria-label={placeholder}
            aria-autocomplete="list"
            aria-controls={open ? `${id}-list` : undefined}
            aria-activedescendant={open ? optionId(`${id}-list`, active) : undefined}
            aria-describedby={over > 0 ? `${id}-over` : undefined}
            aria-invalid={over > 0 || undefined}
            placeholder={placeholder}
            rows={1}
            value={draft.text}
            enterKeyHint={keyboard ? 'send' : 'enter'}
            onChange={(event) => {
              editor.onChange(event);
              if (isTyping(event.nativeEvent))
                void completeCode(event.target.value, event.target.selectionEnd);
              setDismissed(undefined);
              client.typing.notify(conversationId, submit === 'send' && event.target.value.trim() !== '');
            }}
            onSelect={editor.onSelect}
            onKeyDown={onKeyDown}
            onFocus={() => setFocused(true)}
            onBlur={() => {
              setFocused(false);
              client.typing.notify(conversationId, false);
            }}
          />
          <button
            type="button"
            className="kith-composer-send"
            aria-label={submit === 'send' ? 'Send' : 'Save'}
            disabled={!ready}
            // The keyboard of a phone stays up for the next message.
            onMouseDown={(event) => event.preventDefault()}
            onClick={send}
          >
            {submit === 'send' ? (
              <ArrowUp size={20} strokeWidth={2.25} aria-hidden="true" />
            ) : (
              <Check size={20} strokeWidth={2.25} aria-hidden="true" />
            )}
          </button>
        </div>
      </div>
      {length > COUNT_FROM && (
        <p id={`${id}-over`} className="kith-composer-count" data-over={over > 0 || undefined} role="status">
          {over > 0
            ? `Too long by ${over.toLocaleString()} characters. Shorten it or send it in parts; nothing is lost meanwhile.`
            : `${(-over).toLocaleString()} ${over === -1 ? 'character' : 'characters'} left`}
        </p>
      )}
      <span className="kith-hidden" role="status">
        {open ? (candidates.length === 1 ? '1 suggestion' : `${candidates.length} suggestions`) : ''}
      </span>
      {emojiOpen && (
        <EmojiPopover
          open
          keepOpen
          anchor={emojiButton.current}
          returnTo={keyboard && field}
          onClose={() => setEmojiOpen(false)}
          onPick={editor.drop}
        />
      )}
    </div>
  );
}
