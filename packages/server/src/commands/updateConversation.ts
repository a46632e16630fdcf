import { KithError } from '@kith/protocol';
import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { toConversation } from '../store/records.ts';
import { heldMembership } from './access.ts';

export const updateConversation: Handler<'updateConversation'> = async (services, caller, input) => {
  const by = caller.userId;
  const conversation = await services.conversationLog.change(
    caller.tenantId,
    input.conversationId,
    async (held) => {
      const membership = await heldMembership(held, by);
      demand(judge('rename', membership), 'Only admins may change this.');
      const { row } = held;
      const name = input.name !== undefined && input.name !== row.name ? input.name : undefined;
      const topic = input.topic !== undefined && input.topic !== row.topic ? input.topic : undefined;
      const history =
        input.history !== undefined && input.history !== row.history ? input.history : undefined;
      const visibility =
        input.visibility !== undefined && input.visibility !== row.visibility ? input.visibility : undefined;
      if (topic && row.kind !== 'channel')
        throw new KithError('forbidden', { message: 'Only channels have a topic.' });
      if (visibility) demand(judge('setVisibility', membership), 'Only channels are public or private.');
      if (name === undefined && topic === undefined && history === undefined && visibility === undefined)
        return toConversation(row);
      const record = await held.setConversation({
        ...(name !== undefined && { name }),
        ...(topic !== undefined && { topic }),
        ...(history !== undefined && { history }),
        ...(visibility !== undefined && { visibility }),
      });
      if (name !== undefined) await held.appendSystem(by, { type: 'renamed', name });
      if (topic !== undefined) await held.appendSystem(by, { type: 'topic_changed', topic });
      if (visibility !== undefined) await held.appendSystem(by, { type: 'visibility_changed', visibility });
      if (history !== undefined) await held.appendSystem(by, { type: 'history_changed', history });
      return record;
    },
  );
  return { conversation };
};
