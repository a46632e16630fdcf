/** One transaction of the indexer: some conversations a step farther. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Db } from '../store/database.ts';
import {
  type Claim,
  changedMessages,
  claimForIndexing,
  countWords,
  type DocumentWrite,
  type IndexedMessage,
  newMessages,
  type Place,
  type StepPage,
  saveProgress,
  writeDocuments,
} from '../store/searchIndex.ts';
import { documentOf } from './document.ts';
import { keysOf } from './vocabulary.ts';
import { isSpelled } from './words.ts';

/** Of what documents are made of. Raise it when `documentOf`, `tokenize` or `keysOf` make something else: all is indexed anew. */
export const INDEX_VERSION = 2;

export interface IndexStep {
  /** At most so many messages. */
  readonly messages: number;
  /** Bytes of text, and words, after which it ends: the messages that come to them are the last. */
  readonly text?: number;
  readonly words?: number;
  /** Goes past them without a document: one of them cannot be made into one. */
  readonly past?: boolean;
}

/** What is still to do there: another node is at it, or there was more than one step takes. */
export interface Remaining {
  readonly taken: Place[];
  readonly more: Place[];
}

/** Some tens of milliseconds of making words of it. */
const STEP_TEXT = 64 * 1024;
const STEP_WORDS = 10_000;

/** All of it or nothing. */
export async function indexStep(db: Db, places: readonly Place[], step: IndexStep): Promise<Remaining> {
  return db.transaction().execute(async (trx) => {
    const claims = await claimForIndexing(trx, places, INDEX_VERSION);
    const limits = { messages: step.messages, text: step.text ?? STEP_TEXT };
    const past = step.past === true;
    const words = new Words(step.words ?? STEP_WORDS);
    const changed = await written(await changedMessages(trx, claims, limits), words, past);
    const fresh = await written(await newMessages(trx, claims, limits), words, past);
    const writes = [...changed.writes, ...fresh.writes];
    if (writes.length > 0) {
      const counts = await writeDocuments(trx, writes);
      for (const [tenantId, words] of [...counts].sort(([a], [b]) => a - b))
        await countWords(trx, tenantId, words, (word) => (isSpelled(word) ? keysOf(word) : []));
    }
    const after = progress(claims, changed, fresh.messages);
    await saveProgress(trx, after, INDEX_VERSION);
    const claimed = new Set(claims.map(keyOf));
    return {
      taken: places.filter((place) => !claimed.has(keyOf(place))),
      more: after.filter((claim) => claim.seq < claim.lastSeq || claim.rev < claim.headRev),
    };
  });
}

const keyOf = ({ tenantId, conversationId }: Place): string => `${tenantId} ${conversationId}`;

/** Of one step. */
class Words {
  readonly #most: number;
  readonly #seen = new Set<string>();
  constructor(most: number) {
    this.#most = most;
  }
  add(words: readonly string[]): void {
    for (const word of words) this.#seen.add(word);
  }
  get full(): boolean {
    return this.#seen.size >= this.#most;
  }
}

interface Written extends StepPage {
  readonly writes: readonly DocumentWrite[];
}

/** The documents of these, as far as the words of the step reach. Others have their turn between two messages. */
async function written({ messages, cut }: StepPage, words: Words, past: boolean): Promise<Written> {
  const writes: DocumentWrite[] = [];
  for (const message of messages) {
    if (words.full) break;
    const write = writeOf(message, past);
    words.add(write.document?.lexemes ?? []);
    writes.push(write);
    await turn();
  }
  const done = messages.slice(0, writes.length);
  return { messages: done, cut: cut || done.length < messages.length, writes };
}

const writeOf = (message: IndexedMessage, past: boolean): DocumentWrite => ({
  tenantId: message.tenant_id,
  conversationId: message.conversation_id,
  seq: message.seq,
  at: message.created_at,
  document: past ? null : documentOf(message),
});

/**
 * How far each claim is now. New messages are read as they are, however often changed; of the changed ones a page that was
 * cut says only how far it came, and nothing of the claims after the one it ended in.
 */
function progress(claims: readonly Claim[], changed: StepPage, fresh: readonly IndexedMessage[]): Claim[] {
  const last = (messages: readonly IndexedMessage[]): Map<string, IndexedMessage> =>
    new Map(
      messages.map((one) => [keyOf({ tenantId: one.tenant_id, conversationId: one.conversation_id }), one]),
    );
  const lastChanged = last(changed.messages);
  const lastFresh = last(fresh);
  const cut = changed.cut ? changed.messages.at(-1) : null;
  const cutAt = cut
    ? claims.findIndex(
        (claim) => keyOf(claim) === keyOf({ tenantId: cut.tenant_id, conversationId: cut.conversation_id }),
      )
    : claims.length;
  return claims.map((claim, index) => ({
    ...claim,
    seq: lastFresh.get(keyOf(claim))?.seq ?? claim.seq,
    rev:
      index < cutAt
        ? claim.headRev
        : index === cutAt
          ? (lastChanged.get(keyOf(claim))?.rev ?? claim.rev)
          : claim.rev,
  }));
}
