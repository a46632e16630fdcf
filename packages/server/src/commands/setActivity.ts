import type { Handler } from '../services.ts';

export const setActivity: Handler<'setActivity'> = async (_services, caller, { active }) => {
  caller.socket?.setActive(active);
  return {};
};
