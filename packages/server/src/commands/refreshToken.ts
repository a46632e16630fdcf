import type { Handler } from '../services.ts';

export const refreshToken: Handler<'refreshToken'> = (services, caller, { token }) =>
  services.embed.refresh(caller, token);
