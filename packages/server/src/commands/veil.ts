/**
 * What a reply tells of others, as they let the caller see it: one place for all commands. Of nearly everybody there is
 * nothing to hide, and it costs one look into a map.
 */
import type { CommandName, Head, User } from '@kith/protocol';
import { Encoded } from '../encoded.ts';
import type { PrivacyFacts } from '../policy/privacy.ts';
import type { Answer, Caller, Services } from '../services.ts';

interface Told {
  readonly users?: readonly User[];
  readonly head?: Head;
  readonly heads?: readonly Head[];
}

/** The same over what somebody is told unasked. */
export async function veilTold<T extends Told>(
  privacy: Services['privacy'],
  tenantId: number,
  userId: string,
  told: T,
): Promise<T> {
  const facts = privacy.known(tenantId, userId) ?? (await privacy.facts(tenantId, userId));
  if (!facts || (facts.receipts && facts.blockedBy.size === 0)) return told;
  return veiled(told, facts);
}

export async function veil<N extends CommandName>(
  { privacy }: Services,
  { tenantId, userId }: Caller,
  answer: Answer<N>,
): Promise<Answer<N>> {
  const encoded = answer instanceof Encoded;
  const told = answer as Told;
  if (!encoded && !told.users && !told.heads && !told.head) return answer;
  const facts = privacy.known(tenantId, userId) ?? (await privacy.facts(tenantId, userId));
  if (!facts || (facts.receipts && facts.blockedBy.size === 0)) return answer;
  if (!encoded) return veiled(told, facts) as Answer<N>;
  // What many are answered alike is taken apart for the few who are blocked by somebody.
  if (facts.blockedBy.size === 0) return answer;
  const bare = deep(answer.decode(), facts.blockedBy);
  return new Encoded([Buffer.from(JSON.stringify(bare))]) as Answer<N>;
}

function veiled<T extends Told>(told: T, facts: PrivacyFacts): T {
  const { users, head, heads } = told;
  const sees = (one: Head): Head => (facts.receipts ? one : { ...one, othersReadSeq: 0 });
  return {
    ...told,
    ...(users && { users: users.map((user) => (facts.blockedBy.has(user.id) ? bareUser(user) : user)) }),
    ...(head && { head: sees(head) }),
    ...(heads && { heads: heads.map(sees) }),
  };
}

/** A name, and no more. */
export const bareUser = ({ id, username, displayName, role, deleted }: User): User => ({
  id,
  username,
  displayName,
  role,
  ...(deleted && { deleted }),
});

/** `users` wherever they stand in `changes` and `catchUp`. */
function deep(value: unknown, hide: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => deep(one, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'users')
        return [key, (inner as User[]).map((user) => (hide.has(user.id) ? bareUser(user) : user))];
      return [key, key === 'answers' || key === 'changes' ? deep(inner, hide) : inner];
    }),
  );
}
