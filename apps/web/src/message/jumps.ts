/** Asks the open timeline of a conversation for a message, from outside of it: search, dates, mentions. */
type Jump = (messageId: string) => void;

const timelines = new Map<string, Jump>();

/** The timeline that is open takes requests until the returned function is called. */
export function takeJumps(conversationId: string, jump: Jump): () => void {
  timelines.set(conversationId, jump);
  return () => {
    if (timelines.get(conversationId) === jump) timelines.delete(conversationId);
  };
}

/** Nothing happens while no timeline of it is open. */
export const requestJump = (conversationId: string, messageId: string): void =>
  timelines.get(conversationId)?.(messageId);
