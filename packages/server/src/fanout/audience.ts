/** Keeps the hub in step with what people let others see. */
import type { Privacy, PrivacyFacts } from '../policy/privacy.ts';
import { type Bus, subjects } from './bus.ts';
import type { Hub } from './hub.ts';
import type { Presences } from './presence.ts';
import type { Audience, Estranged } from './watching.ts';

/** At once where nothing is hidden from anybody, as with nearly everybody, once that is known. */
export const audienceBy =
  (privacy: Privacy): Audience =>
  (tenantId, userId, what, viewers) => {
    const facts = privacy.known(tenantId, userId);
    if (facts?.blocks.size === 0 && (what === 'profile' || facts.lastSeen === 'everyone')) return 'all';
    return privacy.allowed(tenantId, userId, what === 'profile' ? 'anyone' : 'lastSeen', viewers);
  };

/** Between whom a block stands, whoever of the two blocks. */
export const estrangedBy =
  (privacy: Privacy): Estranged =>
  (tenantId, userId) => {
    const known = privacy.known(tenantId, userId);
    return known ? bothWays(known) : privacy.facts(tenantId, userId).then((facts) => bothWays(facts));
  };

const NOBODY: ReadonlySet<string> = new Set();

function bothWays(facts: PrivacyFacts | null): ReadonlySet<string> {
  if (!facts || (facts.blocks.size === 0 && facts.blockedBy.size === 0)) return NOBODY;
  return new Set([...facts.blocks, ...facts.blockedBy]);
}

/** From then on a change takes effect at once, also for what is on screens already. */
export function followPrivacy(options: {
  readonly bus: Bus;
  readonly privacy: Privacy;
  readonly hub: Pick<Hub, 'setBlind' | 'isWatched' | 'revealPresence'>;
  readonly presences: Pick<Presences, 'of'>;
  readonly onError: (error: unknown) => void;
}): void {
  const { bus, privacy, hub, presences, onError } = options;
  const apply = async (tenantId: number, userId: string): Promise<void> => {
    const facts = await privacy.facts(tenantId, userId);
    hub.setBlind(tenantId, userId, facts?.receipts === false);
    if (!hub.isWatched(tenantId, userId)) return;
    const [presence] = await presences.of(tenantId, [userId]);
    if (presence) hub.revealPresence(tenantId, presence);
  };
  bus.subscribe(subjects.nodes, (message) => {
    if (message.type !== 'privacy') return;
    privacy.invalidate(message.tenantId, message.userIds);
    for (const userId of message.userIds) apply(message.tenantId, userId).catch(onError);
  });
}
