import { judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';

/** Marks of conversations the caller is not in (any more) are passed over: they crossed with the leaving. */
export const markDelivered: Handler<'markDelivered'> = async (services, caller, { marks }) => {
  const { tenantId, userId } = caller;
  await Promise.all(
    marks.map(async ({ conversationId, seq }) => {
      const membership = await services.memberships.get(tenantId, conversationId, userId);
      if (judge('read', membership) !== 'allowed') return;
      await services.receiptLog.mark('delivered', { tenantId, conversationId, userId, seq });
    }),
  );
  return {};
};
