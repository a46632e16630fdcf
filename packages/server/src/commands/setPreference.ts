import { isDeepStrictEqual } from 'node:util';
import { defaultPreference, KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { countPinned } from '../store/own.ts';
import { readAccess } from './access.ts';
import { changeOwnRecord } from './own.ts';

export const setPreference: Handler<'setPreference'> = async (
  services,
  caller,
  { conversationId, ...change },
) => {
  await readAccess(services, caller, conversationId);
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  let pins = false;
  const record = await changeOwnRecord(
    services,
    caller,
    'preference',
    conversationId,
    (before) => {
      const after = { ...defaultPreference, ...before, ...given };
      pins = after.pinned !== null && (before?.pinned ?? null) === null;
      return isDeepStrictEqual(after, defaultPreference) ? null : after;
    },
    async (trx) => {
      if (pins && (await countPinned(trx, caller)) > limits.pinnedConversations)
        throw new KithError('limit_reached', {
          message: `At most ${limits.pinnedConversations} conversations can be pinned.`,
        });
    },
  );
  return { record };
};
