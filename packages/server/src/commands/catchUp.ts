import { KithError, limits, type Output, type ParsedInput } from '@kith/protocol';
import { Encoded } from '../encoded.ts';
import type { Caller, Handler, Services } from '../services.ts';
import { changesFor } from './changes.ts';

/** Read at a time: what does not fit into the answer any more should not have been read. */
const SLICE = 5;
/** What is there by then is the answer: better than none in time. */
const ENOUGH_MS = 8_000;
const NONE = Buffer.from('null');
const END = Buffer.from('}]}');

export const catchUp: Handler<'catchUp'> = (services, caller, { conversations }) =>
  services.catchUps.pass(caller, () => answer(services, caller, conversations));

async function answer(
  services: Services,
  caller: Caller,
  conversations: ParsedInput<'catchUp'>['conversations'],
): Promise<Encoded<Output<'catchUp'>>> {
  const began = performance.now();
  const parts: Buffer[] = [];
  let bytes = 0;
  const isEnough = (): boolean => bytes >= limits.catchUpBytes || performance.now() - began > ENOUGH_MS;
  for (let from = 0; from < conversations.length && (from === 0 || !isEnough()); from += SLICE) {
    const slice = conversations.slice(from, from + SLICE);
    const found = await Promise.allSettled(
      slice.map((one) => mine(services, caller, one.conversationId, one.since)),
    );
    for (const [index, { conversationId }] of slice.entries()) {
      if (parts.length > 0 && isEnough()) break;
      const one = found[index];
      if (one?.status !== 'fulfilled') {
        if (parts.length === 0) throw one?.reason;
        // The others must not suffer: whoever asks for the rest asks for this one first, and is told what is wrong with it.
        return new Encoded([...parts, END]);
      }
      const before = parts.length === 0 ? '{"answers":[' : '},';
      parts.push(Buffer.from(`${before}{"conversationId":"${conversationId}","changes":`));
      parts.push(...(one.value?.parts ?? [NONE]));
      bytes += one.value?.byteLength ?? 0;
    }
  }
  return new Encoded([...parts, END]);
}

/** Null: not the caller's to see, or not any more. */
async function mine(
  services: Services,
  caller: Caller,
  conversationId: string,
  since: number,
): Promise<Encoded<Output<'changes'>> | null> {
  try {
    return await changesFor(services, caller, conversationId, since, limits.pageMax);
  } catch (error) {
    if (error instanceof KithError && (error.code === 'not_found' || error.code === 'forbidden')) return null;
    throw error;
  }
}
