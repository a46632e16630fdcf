/** The wire of Kith. A client that wants to stay small imports types from here and values from the rooms without zod. */

export * from './attachments.ts';
export * from './blobs.ts';
export * from './commands/index.ts';
export * from './content.ts';
export * from './emoji.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './fileRules.ts';
export * from './files.ts';
export * from './folders.ts';
export * from './frames.ts';
export * from './hidden.ts';
export * from './ids.ts';
export * from './limits.ts';
export * from './links.ts';
export * from './mentions.ts';
export * from './own.ts';
export * from './passwords.ts';
export * from './preferences.ts';
export * from './records.ts';
export * from './reports.ts';
export * from './scalars.ts';
export * from './searchQuery.ts';
export * from './securityEvents.ts';
export * from './signIn.ts';
export * from './stickers.ts';
