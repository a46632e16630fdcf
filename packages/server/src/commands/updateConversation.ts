import { isDeepStrictEqual } from 'node:util';
import { KithError } from '@kith/protocol';
import { letGo, takeIntoUse } from '../blobs/blobs.ts';
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
      const { row } = held;
      const seconds = input.disappearAfter;
      const timer = seconds !== undefined && seconds !== (row.disappear_after ?? 0) ? seconds : undefined;
      if (seconds !== undefined)
        demand(judge('setTimer', membership), 'Only admins may let messages disappear here.');
      const onlyTimer =
        seconds !== undefined &&
        [input.name, input.topic, input.avatar, input.history, input.visibility, input.files].every(
          (value) => value === undefined,
        );
      if (!onlyTimer) demand(judge('rename', membership), 'Only admins may change this.');
      const name = input.name !== undefined && input.name !== row.name ? input.name : undefined;
      const topic = input.topic !== undefined && input.topic !== row.topic ? input.topic : undefined;
      const avatar = input.avatar !== undefined && input.avatar !== row.avatar_id ? input.avatar : undefined;
      const history =
        input.history !== undefined && input.history !== row.history ? input.history : undefined;
      const visibility =
        input.visibility !== undefined && input.visibility !== row.visibility ? input.visibility : undefined;
      const files =
        input.files !== undefined && !isDeepStrictEqual(input.files, row.file_rules)
          ? input.files
          : undefined;
      if (topic && row.kind !== 'channel')
        throw new KithError('forbidden', { message: 'Only channels have a topic.' });
      if (visibility) demand(judge('setVisibility', membership), 'Only channels are public or private.');
      if ([name, topic, avatar, history, visibility, timer, files].every((value) => value === undefined))
        return toConversation(row);
      if (avatar !== undefined) {
        if (avatar !== null) await takeIntoUse(held.trx, caller, avatar, 'avatar');
        if (row.avatar_id !== null) await letGo(held.trx, caller.tenantId, row.avatar_id);
      }
      const record = await held.setConversation({
        ...(name !== undefined && { name }),
        ...(topic !== undefined && { topic }),
        ...(avatar !== undefined && { avatar_id: avatar }),
        ...(history !== undefined && { history }),
        ...(visibility !== undefined && { visibility }),
        ...(timer !== undefined && { disappear_after: timer === 0 ? null : timer }),
        ...(files !== undefined && { file_rules: files }),
      });
      if (name !== undefined) await held.appendSystem(by, { type: 'renamed', name });
      if (topic !== undefined) await held.appendSystem(by, { type: 'topic_changed', topic });
      if (avatar !== undefined)
        await held.appendSystem(by, { type: 'avatar_changed', ...(avatar === null && { removed: true }) });
      if (visibility !== undefined) await held.appendSystem(by, { type: 'visibility_changed', visibility });
      if (history !== undefined) await held.appendSystem(by, { type: 'history_changed', history });
      if (timer !== undefined) await held.appendSystem(by, { type: 'disappearing_changed', seconds: timer });
      return record;
    },
  );
  return { conversation };
};
