/**
 * The table of commands. It alone drives the WebSocket dispatcher, the HTTP routes, the OpenAPI document, the typed
 * client and the permission matrix test.
 */
import type { z } from 'zod';
import { accountCommands } from './accounts.ts';
import { conversationCommands, memberCommands } from './conversations.ts';
import { embedCommands } from './embed.ts';
import { emojiCommands } from './emoji.ts';
import { factorCommands } from './factors.ts';
import { fileCommands } from './files.ts';
import { gifCommands } from './gifs.ts';
import { guestCommands } from './guests.ts';
import { inviteCommands } from './invites.ts';
import { messageCommands } from './messages.ts';
import { ownCommands } from './own.ts';
import { phoneCommands } from './phones.ts';
import { receiptCommands } from './receipts.ts';
import { reportCommands } from './reports.ts';
import { searchCommands } from './search.ts';
import { securityCommands } from './security.ts';
import { stickerCommands } from './stickers.ts';
import { tenantCommands } from './tenant.ts';
import { threadCommands } from './threads.ts';

export const commands = {
  ...conversationCommands,
  ...memberCommands,
  ...messageCommands,
  ...receiptCommands,
  ...searchCommands,
  ...threadCommands,
  ...accountCommands,
  ...embedCommands,
  ...securityCommands,
  ...phoneCommands,
  ...factorCommands,
  ...inviteCommands,
  ...guestCommands,
  ...tenantCommands,
  ...emojiCommands,
  ...stickerCommands,
  ...gifCommands,
  ...fileCommands,
  ...ownCommands,
  ...reportCommands,
} as const;

export type Commands = typeof commands;
export type CommandName = keyof Commands;
/** What a client sends. */
export type Input<N extends CommandName> = z.input<Commands[N]['input']>;
/** What the server works with, after defaults and trimming. */
export type ParsedInput<N extends CommandName> = z.output<Commands[N]['input']>;
export type Output<N extends CommandName> = z.output<Commands[N]['output']>;

export const commandNames = Object.keys(commands) as CommandName[];
export const isCommandName = (name: string): name is CommandName => Object.hasOwn(commands, name);

export type { CommandSpec, HttpRoute } from './command.ts';
export { commonErrors } from './command.ts';
