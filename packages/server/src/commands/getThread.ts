import { KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { threadMark, threadPage } from '../store/threads.ts';
import { peopleOf, usersByIds } from '../store/users.ts';
import { threadAccess } from './threadAccess.ts';

export const getThread: Handler<'getThread'> = async (services, caller, input) => {
  const { db } = services.database;
  const { view, key, root } = await threadAccess(services, caller, input);
  // The mark first: of what comes meanwhile the page then rather shows more than the mark counts.
  const mark = await threadMark(db, key, caller.userId);
  if (!mark) throw new KithError('not_found');
  const page = await threadPage(db, view, root.id, input, input.limit ?? limits.pageDefault);
  return {
    ...page,
    root,
    mark,
    users: await usersByIds(db, view.tenantId, peopleOf([root, ...page.replies, ...page.quoted])),
  };
};
