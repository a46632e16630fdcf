import { limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { editPage } from '../store/messages.ts';
import { visibleMessage } from './access.ts';

export const getMessageEdits: Handler<'getMessageEdits'> = async (services, caller, input) => {
  const { view } = await visibleMessage(services, caller, input);
  return editPage(
    services.database.db,
    view,
    input.messageId,
    input.cursor,
    input.limit ?? limits.pageDefault,
  );
};
