/** Tokens by which the people of a host application come in: what they say, and the door that takes them. */
import { z } from 'zod';
import { limits } from './limits.ts';
import { User } from './records.ts';
import { Name, Text, Time } from './scalars.ts';

/** A JWT of a host; longer ones carry what is not for us. */
const TOKEN_MAX = 8_192;
export const HostToken = Text(TOKEN_MAX, 1);

/** Who somebody is at their host. Names that begin with `kith:` are our own. */
export const Sub = Text(200, 1).refine((value) => !value.startsWith('kith:'), 'must not begin with kith:');

/** What may be asked of the people of a token, seconds: it lives an hour at most, and clocks differ by a minute. */
export const hostTokenSeconds = { most: 3_600, skew: 60 } as const;

/** Of a person’s picture at their host. */
export const PictureUrl = Text(2_000, 1).refine(
  (value) => /^https?:\/\//i.test(value) && URL.canParse(value),
  'must be an address of the web',
);

/** The claims that are read; whatever else a host puts in is passed over. */
export const HostClaims = z.object({
  sub: Sub,
  iat: z.number(),
  exp: z.number(),
  jti: Text(200, 1).optional(),
  /** Shown to everybody. Absent: as it is, or as it was made. */
  name: Name(limits.nameLength).optional(),
  /**
   * Where their picture is: an `https` address of a PNG, JPEG, WebP or GIF. Fetched beside; null: none. Absent: as it was. What is no
   * such address is passed over: it keeps nobody out.
   */
  picture: PictureUrl.nullable().optional().catch(undefined),
  /** The role in the tenant; absent: a member. Nobody owns a tenant by a token. */
  roles: z
    .array(z.enum(['member', 'admin']))
    .max(4)
    .optional(),
});

export const HostTokenForm = z.strictObject({
  /** The token of the host. */
  token: HostToken,
  /** The token of a session of the same person, which then goes on. Absent: a new one begins. */
  session: Text(512, 1).optional(),
});

export const HostTokenReply = z.object({
  /** Of the session. */
  token: z.string(),
  /** When it ends, unless a fresh token comes before. */
  expiresAt: Time,
  user: User,
});
export type HostTokenReply = z.output<typeof HostTokenReply>;
