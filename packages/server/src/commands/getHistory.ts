import { KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { historyEnds, historyPage, quotedBy } from '../store/messages.ts';
import { peopleOf, usersByIds } from '../store/users.ts';
import { readAccess } from './access.ts';

export const getHistory: Handler<'getHistory'> = async (services, caller, input) => {
  const { db } = services.database;
  const { view } = await readAccess(services, caller, input.conversationId);
  // The head first: the page then shows at least this revision.
  const ends = await historyEnds(db, view);
  if (!ends) throw new KithError('not_found');
  const messages = await historyPage(db, view, input, input.limit ?? limits.pageDefault);
  const quoted = await quotedBy(db, view, messages);
  const first = messages[0]?.seq;
  const last = messages.at(-1)?.seq;
  const { rev, lastSeq, shownAfter, shownTo } = ends;
  // Seqs are contiguous: where a page ends is known from numbers alone, those left out at the ends apart.
  return {
    messages,
    quoted,
    users: await usersByIds(db, view.tenantId, peopleOf([...messages, ...quoted])),
    rev,
    lastSeq: Math.max(lastSeq, last ?? 0),
    atStart:
      first === undefined
        ? (input.after ?? lastSeq) <= view.visibleAfter || input.after === undefined
        : first <= shownAfter + 1,
    atEnd: last === undefined ? input.before === undefined || input.before > lastSeq : last >= shownTo,
  };
};
