/** Placeholder until the composer keeps drafts. */
export const useDraft = (_conversationId: string): string => '';
