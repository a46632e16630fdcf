/** What every message of one timeline shares. The value stays the same while the timeline stands, so rows do not wake for it. */
import type { TimelineMessage } from '@kith/client';
import { createContext, useContext } from 'react';

/** Where a menu or popover stands. */
export type Anchor = Element | { readonly x: number; readonly y: number };

/** A point as what floating things stand beside. */
export const pointAnchor = ({ x, y }: { readonly x: number; readonly y: number }) => ({
  getBoundingClientRect: () => new DOMRect(x, y, 0, 0),
});

export interface MessageActions {
  readonly openMenu: (message: TimelineMessage, anchor: Anchor) => void;
  readonly pickReaction: (message: TimelineMessage, anchor: Element) => void;
  readonly react: (message: TimelineMessage, emoji: string, on: boolean) => void;
  readonly reply: (message: TimelineMessage) => void;
  /** Brings a message into view, however far away. */
  readonly jump: (messageId: string) => void;
}

export interface MessageContextValue {
  readonly conversationId: string;
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
