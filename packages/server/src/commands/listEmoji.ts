import type { Handler } from '../services.ts';

export const listEmoji: Handler<'listEmoji'> = async (services, { tenantId }) => {
  const { emoji, rev } = await services.emojiBook.of(tenantId);
  return { emoji: [...emoji], rev };
};
