import { KithError, limits, type Output, type ParsedInput } from '@kith/protocol';
import { Encoded } from '../encoded.ts';
import type { Caller, Handler, Services } from '../services.ts';
import { changesFor } from './changes.ts';

/** Read at a time: what does not fit into the answer any more should not have been read. */
const SLICE = 10;
const NONE = Buffer.from('null');
const END = Buffer.from('}]}');

export const catchUp: Handler<'catchUp'> = (services, caller, { conversations }) =>
  services.catchUps.pass(() => answer(services, caller, conversations));

async function answer(
  services: Services,
  caller: Caller,
  conversations: ParsedInput<'catchUp'>['conversations'],
): Promise<Encoded<Output<'catchUp'>>> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for (let from = 0; from < conversations.length && bytes < limits.pageBytes; from += SLICE) {
    const slice = conversations.slice(from, from + SLICE);
    const found = await Promise.all(
      slice.map((one) => mine(services, caller, one.conversationId, one.since)),
    );
    for (const [index, { conversationId }] of slice.entries()) {
      if (bytes >= limits.pageBytes) break;
      const changes = found[index] ?? null;
      const before = parts.length === 0 ? '{"answers":[' : '},';
      parts.push(Buffer.from(`${before}{"conversationId":"${conversationId}","changes":`));
      parts.push(...(changes?.parts ?? [NONE]));
      bytes += changes?.byteLength ?? 0;
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
