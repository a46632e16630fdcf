/** Where a command stands in the documentation: under its noun, as its file in the protocol does. */
import { type CommandName, commands } from '@kith/protocol';
import { accountCommands } from '@kith/protocol/commands/accounts';
import { conversationCommands, memberCommands } from '@kith/protocol/commands/conversations';
import { messageCommands } from '@kith/protocol/commands/messages';
import { receiptCommands } from '@kith/protocol/commands/receipts';

const nouns: readonly (readonly [string, object])[] = [
  ['Conversations', conversationCommands],
  ['Members', memberCommands],
  ['Messages', messageCommands],
  ['Receipts and presence', receiptCommands],
  ['Accounts', accountCommands],
];

export const nounOf = (name: CommandName): string =>
  nouns.find(([, group]) => Object.hasOwn(group, name))?.[0] ?? 'Other';

/** The whole table by noun, in its own order. */
export const commandsByNoun = (): Map<string, CommandName[]> =>
  Map.groupBy(Object.keys(commands) as CommandName[], nounOf);
