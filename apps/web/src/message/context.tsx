/** What every message of one timeline shares. The value stays the same while the timeline stands, so rows do not wake for it. */
import type { TimelineMessage } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { createContext, useContext } from 'react';
import type { Anchor } from '../ui/anchor.ts';

export interface MessageActions {
  readonly openMenu: (message: TimelineMessage, anchor: Anchor) => void;
  /** Whom it reached, and what it said before. */
  readonly info: (message: TimelineMessage, anchor: Anchor) => void;
  /** What it said before. */
  readonly history: (message: TimelineMessage, anchor: Anchor) => void;
  readonly pickReaction: (message: TimelineMessage, anchor: Element) => void;
  readonly react: (message: TimelineMessage, emoji: string, on: boolean) => void;
  readonly reply: (message: TimelineMessage) => void;
  readonly edit: (message: TimelineMessage) => void;
  /** Asks where to, and says them again there. */
  readonly forward: (messages: readonly MessageRecord[]) => void;
  /** Begins to select, or takes out again. */
  readonly select: (message: TimelineMessage) => void;
  /** Brings a message into view, however far away. */
  readonly jump: (messageId: string) => void;
}

export interface MessageContextValue {
  readonly conversationId: string;
  /** The root of the thread this is; undefined: the main line. */
  readonly threadId: string | undefined;
  /** What drafts, replies and edits of this composer are kept under. */
  readonly place: string;
  /** Everything up to there was seen. */
  readonly markRead: (seq: number) => void;
  readonly meId: string | undefined;
  /** Whether several people write here, so that names and avatars tell them apart. */
  readonly people: boolean;
  readonly actions: MessageActions;
}

export const MessageContext = createContext<MessageContextValue | null>(null);

export function useMessageContext(): MessageContextValue {
  const value = useContext(MessageContext);
  if (!value) throw new Error('A message needs a timeline around it');
  return value;
}
