/** @kith/client: the headless SDK of Kith, for browsers and Node. */

export { KithError } from '@kith/protocol/errors';
export { disappearAfter, limits } from '@kith/protocol/limits';
export { firstLink } from '@kith/protocol/links';
export { findMentions, mentionOf } from '@kith/protocol/mentions';
export { type AccountsOptions, accounts } from './accounts.ts';
export { createClient } from './client.ts';
export { isQuiet, levelOf, mayNotify } from './notify.ts';
export { indexedDbStorage } from './storage/indexedDb.ts';
export { memoryStorage } from './storage/memory.ts';
export type { OutboxEntry, Storage } from './storage/storage.ts';
export type * from './types.ts';
