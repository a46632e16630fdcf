/**
 * Public keys of hosts. A host's address is an operator's word, and what it leads to is not: it is fetched as links of strangers
 * are, bounded in size and time, and kept for some minutes. While it does not answer, the last keys that were good go on for
 * some hours; a key that is not known is looked for at once, but not more than twice a minute.
 */
import { type CompactVerifyGetKey, createLocalJWKSet, type JWK } from 'jose';
import { z } from 'zod';
import type { Logger } from '../../logger.ts';
import { NotFetched, type Outside } from '../../previews/outside.ts';

export interface KeySets {
  /** The keys at this address; null: it never answered, or not for long. */
  at(url: string): Promise<CompactVerifyGetKey | null>;
  /** The same, after a key was asked for that is not among them; null: they were asked for just before. */
  again(url: string): Promise<CompactVerifyGetKey | null>;
}

/** A key that the host takes back is refused after this long. */
const FRESH_MS = 10 * 60_000;
/** A host that is down for longer signs nobody in. */
const KEPT_MS = 6 * 3_600_000;
/** An address is asked at most so often, whatever strangers send. */
const PAUSE_MS = 30_000;
const FETCH_MS = 5_000;
const BYTES_MAX = 64 * 1024;
const KEYS_MAX = 50;
const SETS_MAX = 1_000;

const KeySet = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().max(200).optional() })).max(KEYS_MAX),
});
/** What signs by the algorithms that are taken; a shared secret in public is none. */
const KINDS = new Set(['RSA', 'EC', 'OKP']);

interface Entry {
  keys: CompactVerifyGetKey | null;
  /** When `keys` came. */
  at: number;
  /** When they were last asked for. */
  askedAt: number;
  asking: Promise<void> | null;
}

export interface KeySetsOptions {
  readonly outside: Outside;
  /** Addresses without TLS, in a network of one's own. */
  readonly insecure: boolean;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => number;
}

export function createKeySets({ outside, insecure, log, now }: KeySetsOptions): KeySets {
  /** The least recently made first. */
  const entries = new Map<string, Entry>();

  const entryOf = (url: string): Entry => {
    const known = entries.get(url);
    if (known) return known;
    const oldest = entries.size >= SETS_MAX ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
    const entry: Entry = { keys: null, at: 0, askedAt: Number.NEGATIVE_INFINITY, asking: null };
    entries.set(url, entry);
    return entry;
  };

  const fetchKeys = async (url: string): Promise<CompactVerifyGetKey> => {
    const { bytes } = await outside(url, {
      accept: 'application/jwk-set+json, application/json',
      isWanted: (type) => type === 'application/json' || type.endsWith('+json'),
      mostBytes: BYTES_MAX,
      longer: 'refuse',
      secure: !insecure,
      signal: AbortSignal.timeout(FETCH_MS),
    });
    const { keys } = KeySet.parse(JSON.parse(bytes.toString('utf8')));
    return createLocalJWKSet({ keys: keys.filter(({ kty }) => KINDS.has(kty)) as JWK[] });
  };

  /** One question at a time, however many wait for it. */
  const ask = (url: string, entry: Entry): Promise<void> => {
    entry.askedAt = now();
    entry.asking ??= fetchKeys(url)
      .then((keys) => {
        entry.keys = keys;
        entry.at = now();
      })
      .catch((error: unknown) => {
        const why = error instanceof NotFetched ? error.message : 'what it answers is no set of keys';
        log.warn({ url, why }, 'the keys of a host could not be fetched');
      })
      .finally(() => {
        entry.asking = null;
      });
    return entry.asking;
  };

  const mayAsk = (entry: Entry): boolean => entry.asking !== null || now() - entry.askedAt >= PAUSE_MS;
  const good = (entry: Entry): CompactVerifyGetKey | null => (now() - entry.at < KEPT_MS ? entry.keys : null);

  return {
    at: async (url) => {
      const entry = entryOf(url);
      const isFresh = entry.keys !== null && now() - entry.at < FRESH_MS;
      if (!isFresh && mayAsk(entry)) await ask(url, entry);
      return good(entry);
    },
    again: async (url) => {
      const entry = entryOf(url);
      if (!mayAsk(entry)) return null;
      await ask(url, entry);
      return good(entry);
    },
  };
}
