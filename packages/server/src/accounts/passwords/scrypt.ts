/**
 * How a password is kept: scrypt with a salt of its own, and the costs beside it, so that they can rise later. The costs are
 * the least that OWASP's cheat sheet names for 32 MB. What better-auth kept before has a form without them.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

export interface Costs {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

const COSTS: Costs = { N: 2 ** 15, r: 8, p: 3 };
const FORMER: Costs = { N: 2 ** 14, r: 16, p: 1 };
const KEY_BYTES = 64;
const FORM = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]{22})\$([\w-]{86})$/;
const FORMER_FORM = /^([0-9a-f]{32}):([0-9a-f]{128})$/;

/** `costs`: of tests, that would wait for them. */
export async function hashPassword(password: string, costs: Costs = COSTS): Promise<string> {
  const salt = randomBytes(16).toString('base64url');
  const key = await keyOf(password, salt, costs);
  return `scrypt$${Math.log2(costs.N)}$${costs.r}$${costs.p}$${salt}$${key.toString('base64url')}`;
}

/** One that was kept at lower costs takes as long as any: how soon it is refused shall not tell that there is an old account. */
export async function verifyPassword(password: string, hash: string, costs: Costs = COSTS): Promise<boolean> {
  const { costs: kept, salt, key } = parse(hash);
  const isRight = timingSafeEqual(await keyOf(password, salt, kept), key);
  const missing = Math.round((workOf(costs) - workOf(kept)) / (costs.N * costs.r));
  if (missing > 0) await keyOf(password, salt, { ...costs, p: missing });
  return isRight;
}

const workOf = ({ N, r, p }: Costs): number => N * r * p;

/** Whether it was made at lower costs than today's. */
export const isOutdated = (hash: string, costs: Costs = COSTS): boolean =>
  workOf(parse(hash).costs) < workOf(costs);

function parse(hash: string): { readonly costs: Costs; readonly salt: string; readonly key: Buffer } {
  const [, log2, r, p, salt = '', key = ''] = FORM.exec(hash) ?? [];
  if (log2 !== undefined)
    return {
      costs: { N: 2 ** Number(log2), r: Number(r), p: Number(p) },
      salt,
      key: Buffer.from(key, 'base64url'),
    };
  const [, formerSalt, formerKey = ''] = FORMER_FORM.exec(hash) ?? [];
  if (formerSalt === undefined) throw new Error('a hash of an unknown form');
  return { costs: FORMER, salt: formerSalt, key: Buffer.from(formerKey, 'hex') };
}

/** One letter may be typed in two ways, on another keyboard: both are one password. */
const keyOf = (password: string, salt: string, { N, r, p }: Costs): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const costs = { N, r, p, maxmem: 256 * r * (N + p + 2) };
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, costs, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
