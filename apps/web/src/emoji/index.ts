export { EmojiPopover } from './EmojiPopover.tsx';
export { quickReactions, rememberEmoji, useRecentEmoji } from './recents.ts';
