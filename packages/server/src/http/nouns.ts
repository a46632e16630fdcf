/** Where a command stands in the documentation: under its noun, as its file in the protocol does. */
import { type CommandName, commands } from '@kith/protocol';
import { accountCommands } from '@kith/protocol/commands/accounts';
import { conversationCommands, memberCommands } from '@kith/protocol/commands/conversations';
import { embedCommands } from '@kith/protocol/commands/embed';
import { emojiCommands } from '@kith/protocol/commands/emoji';
import { factorCommands } from '@kith/protocol/commands/factors';
import { fileCommands } from '@kith/protocol/commands/files';
import { gifCommands } from '@kith/protocol/commands/gifs';
import { messageCommands } from '@kith/protocol/commands/messages';
import { phoneCommands } from '@kith/protocol/commands/phones';
import { receiptCommands } from '@kith/protocol/commands/receipts';
import { searchCommands } from '@kith/protocol/commands/search';
import { securityCommands } from '@kith/protocol/commands/security';
import { stickerCommands } from '@kith/protocol/commands/stickers';
import { tenantCommands } from '@kith/protocol/commands/tenant';
import { threadCommands } from '@kith/protocol/commands/threads';

const nouns: readonly (readonly [string, object])[] = [
  ['Conversations', conversationCommands],
  ['Members', memberCommands],
  ['Messages', messageCommands],
  ['Files', fileCommands],
  ['Receipts and presence', receiptCommands],
  ['Search', searchCommands],
  ['Threads', threadCommands],
  ['Emoji, stickers, GIFs', { ...emojiCommands, ...stickerCommands, ...gifCommands }],
  ['Accounts', { ...accountCommands, ...embedCommands }],
  ['The place', tenantCommands],
  ['Security', { ...securityCommands, ...factorCommands, ...phoneCommands }],
];

export const nounOf = (name: CommandName): string =>
  nouns.find(([, group]) => Object.hasOwn(group, name))?.[0] ?? 'Other';

/** The whole table by noun, in its own order. */
export const commandsByNoun = (): Map<string, CommandName[]> =>
  Map.groupBy(Object.keys(commands) as CommandName[], nounOf);
