/** The text field with its completion, emoji and send button: the same for writing and for editing. */
import { limits, type OutgoingFile } from '@kith/client';
import type { Attachment } from '@kith/protocol';
import { isBlank } from '@kith/protocol/blank';
import { ArrowUp, Check, Keyboard, Smile } from 'lucide-react';
import {
  type KeyboardEvent,
  memo,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useClient } from '../app/client.tsx';
import { onePane, pointerFine, useMedia } from '../app/media.ts';
import { useStable } from '../app/useStable.ts';
import { EmojiPopover, PickerSheet } from '../emoji/EmojiPopover.tsx';
import { rememberEmoji } from '../emoji/recents.ts';
import { t } from '../i18n/index.ts';
import { useRecordingAt } from '../media/record/recordings.ts';
import { VoiceButton } from '../media/record/VoiceButton.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { CompletionList, optionId } from './CompletionList.tsx';
import { onFocusComposer } from './intent.ts';
import { SendButton } from './SendButton.tsx';
import { split } from './split.ts';
import { completingAt, type Draft, mentionDraft, spelled, toggleMark, toWire } from './text.ts';
import { type Candidate, useCandidates, whoIsSpelled } from './useCompletion.ts';
import { useEditor } from './useEditor.ts';
import { useEmojiCodes } from './useEmojiCodes.ts';

export interface FieldProps {
  readonly conversationId: string;
  /** Which composer it is: of the conversation, or of a thread. */
  readonly place: string;
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  readonly placeholder: string;
  readonly submit: 'send' | 'save';
  /** Files that go with the text, or without one; `held`: not as they are, which is said above. */
  readonly files?: 'none' | 'some' | 'held';
  /** Send was pressed, and the files are not ready yet: pressed again, it waits no more. */
  readonly waiting?: boolean;
  /** With the text as it travels: not too long, and blank ('') only beside files. */
  readonly onSubmit: (wire: string) => void;
  /** Sends what is no text at once, and leaves the text as it is. */
  readonly onAttach?: (attachment: Attachment) => void;
  /** Sends what was spoken. With it the button records where nothing else is to be sent. */
  readonly onRecord?: (file: OutgoingFile) => boolean;
  /** Sends it at a time that is asked for: by a right click or a long press on Send, or by the tools. */
  readonly onLater?: (wire: string, anchor: Element) => void;
  /** For a text that is too long for one message: the same as several. */
  readonly onParts?: (wires: readonly string[]) => void;
  /** What the message answers, or edits. */
  readonly strip?: ReactNode;
  /** Before the text. `sendLater`: where there is something to be sent. */
  readonly tools?: (sendLater: (() => void) | undefined) => ReactNode;
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

const isPasting = (event: Event): boolean =>
  event instanceof InputEvent && event.inputType === 'insertFromPaste';

export function Field(props: FieldProps) {
  const {
    conversationId,
    place,
    draft,
    setDraft,
    placeholder,
    submit,
    files = 'none',
    waiting = false,
    onSubmit,
    onAttach,
    onRecord,
    onLater,
    onParts,
    strip,
    tools,
    onEscape,
    onArrowUp,
    focusKey,
  } = props;
  const id = useId();
  const client = useClient();
  const keyboard = useMedia(pointerFine);
  /** The picker stands where the keyboard was. */
  const sheet = useMedia(onePane) && !keyboard;
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

  const blank = isBlank(draft.text);
  const length = draft.text.length > COUNT_FROM - 50 * draft.mentions.length ? toWire(draft).length : 0;
  const over = length - limits.textLength;
  const speaking = useRecordingAt(place).type !== 'none';
  const ready = files !== 'held' && (!blank || files === 'some') && over <= 0;

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
    () => onFocusComposer((wantedId) => wantedId === place && field.current?.focus()),
    [place, field],
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
  // Others see who writes in the main line; of threads nobody is told.
  const typing = (active: boolean) => {
    if (place === conversationId) client.typing.notify(conversationId, active);
  };
  useEffect(() => () => client.typing.notify(conversationId, false), [client, conversationId]);

  const wire = () => {
    const entry = client.conversations.get(conversationId).get();
    return toWire(spelled(draft, (name) => whoIsSpelled(entry, name)));
  };
  const send = useStable(() => {
    if (!ready) return;
    typing(false);
    onSubmit(blank ? '' : wire());
    setDismissed(undefined);
  });
  const sendButton = useRef<HTMLButtonElement>(null);
  const sendLater = useStable(() => {
    if (ready && sendButton.current) onLater?.(wire(), sendButton.current);
  });
  const toggleEmoji = useStable(() => {
    if (sheet && emojiOpen) field.current?.focus();
    setEmojiOpen(!emojiOpen);
  });

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

  const codes = useEmojiCodes(draft, editor);

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
    if (event.key === 'Tab' && event.shiftKey) {
      // Past the buttons, which the other way round lie before the text.
      const pane = event.currentTarget.closest('.kith-main, .kith-side');
      const message = pane?.querySelector<HTMLElement>('[data-message][tabindex="0"]');
      if (!message) return;
      event.preventDefault();
      message.focus();
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
          {tools?.(ready && onLater ? sendLater : undefined)}
          <EmojiButton ref={emojiButton} open={emojiOpen} sheet={sheet} onPress={toggleEmoji} />
          <textarea
            ref={field}
            className="kith-composer-text"
            dir="auto"
            aria-label={placeholder}
            aria-autocomplete="list"
            aria-controls={open ? `${id}-list` : undefined}
            aria-activedescendant={open ? optionId(`${id}-list`, active) : undefined}
            aria-describedby={over > 0 ? `${id}-over` : undefined}
            aria-invalid={over > 0 || undefined}
            placeholder={placeholder}
            data-draft={submit === 'send' ? place : undefined}
            rows={1}
            readOnly={waiting}
            value={draft.text}
            enterKeyHint={keyboard ? 'send' : 'enter'}
            onChange={(event) => {
              editor.onChange(event);
              const { value, selectionEnd } = event.target;
              if (isTyping(event.nativeEvent)) void codes.typed(value, selectionEnd);
              if (isPasting(event.nativeEvent)) void codes.pasted(draft.text, value, selectionEnd);
              setDismissed(undefined);
              typing(submit === 'send' && event.target.value.trim() !== '');
            }}
            onSelect={editor.onSelect}
            onKeyDown={onKeyDown}
            onFocus={() => {
              setFocused(true);
              // The keyboard comes up, and takes its place back.
              if (sheet) setEmojiOpen(false);
            }}
            onBlur={() => {
              setFocused(false);
              typing(false);
            }}
          />
          {onRecord && (speaking || (draft.text === '' && files === 'none')) ? (
            <VoiceButton place={place} onSend={onRecord} />
          ) : (
            <SendButton
              ref={sendButton}
              label={waiting ? t('tray.waiting') : submit === 'send' ? t('composer.send') : t('common.save')}
              busy={waiting}
              icon={submit === 'send' ? ArrowUp : Check}
              disabled={!ready}
              onSend={send}
              onLater={onLater && sendLater}
            />
          )}
        </div>
      </div>
      {length > COUNT_FROM && (
        <p id={`${id}-over`} className="kith-composer-count" data-over={over > 0 || undefined} role="status">
          {over > 0 ? t('composer.tooLong', { count: over }) : t('composer.charactersLeft', { count: -over })}
          {submit === 'send' && length > limits.draftLength && ` ${t('composer.draftHere')}`}
          {over > 0 && onParts && <InParts draft={draft} onParts={onParts} />}
        </p>
      )}
      <span className="kith-hidden" role="status">
        {open ? t('composer.suggestions', { count: candidates.length }) : ''}
      </span>
      {emojiOpen && sheet && onAttach && (
        <PickerSheet onPick={editor.drop} onSend={onAttach} onClose={() => setEmojiOpen(false)} />
      )}
      {emojiOpen && !(sheet && onAttach) && (
        <EmojiPopover
          open
          keepOpen
          anchor={emojiButton.current}
          returnTo={keyboard && field}
          onClose={() => setEmojiOpen(false)}
          onPick={editor.drop}
          onSend={onAttach}
        />
      )}
    </div>
  );
}

/** Drawn anew when it changes, not with each key. */
const EmojiButton = memo(function EmojiButton({
  ref,
  open,
  sheet,
  onPress,
}: {
  readonly ref: Ref<HTMLButtonElement>;
  readonly open: boolean;
  readonly sheet: boolean;
  readonly onPress: () => void;
}) {
  const back = sheet && open;
  return (
    <IconButton
      ref={ref}
      icon={back ? Keyboard : Smile}
      label={back ? t('composer.keyboard') : t('composer.emoji')}
      aria-expanded={open}
      onClick={onPress}
    />
  );
});

/** A book is not a message, however many. */
const PARTS_MAX = 20;

function InParts({
  draft,
  onParts,
}: {
  readonly draft: Draft;
  readonly onParts: (wires: readonly string[]) => void;
}) {
  const parts = useMemo(() => split(draft, limits.textLength), [draft]);
  if (parts.length > PARTS_MAX) return null;
  return (
    <button type="button" className="kith-composer-parts" onClick={() => onParts(parts.map(toWire))}>
      {t('composer.sendParts', { count: parts.length })}
    </button>
  );
}
