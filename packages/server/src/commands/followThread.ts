import type { Handler } from '../services.ts';
import { setFollowing } from '../store/threads.ts';
import { ownMark, threadAccess } from './threadAccess.ts';

export const followThread: Handler<'followThread'> = async (services, caller, input) => {
  const { key } = await threadAccess(services, caller, input);
  const changed = await setFollowing(services.database.db, key, caller.userId, input.following);
  return { mark: await ownMark(services, caller, key, changed) };
};
