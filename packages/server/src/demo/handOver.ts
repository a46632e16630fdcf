/** The props of the demo, fetched from where they are made, and uploaded as anybody's files are. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KithError, type MessageFile, newId } from '@kith/protocol';
import type { Files } from '../media/files.ts';
import { createWorkers } from '../media/inspect/workers.ts';
import type { Somebody } from '../store/users.ts';
import type { Prop, PropName, Props } from './props.ts';
import type { Order } from './workshop.ts';

/** A machine that is busy, or slow, may take its time. */
const MAKE_MS = 120_000;

export async function fetchProps(): Promise<Props> {
  const workshop = createWorkers<Order, readonly (readonly [PropName, Prop])[]>({
    entry: new URL('./workshop.ts', import.meta.url),
    most: 1,
    jobMs: MAKE_MS,
  });
  try {
    return new Map(
      await workshop.run(async () => ({ do: 'make' }), { signal: AbortSignal.timeout(2 * MAKE_MS) }),
    );
  } finally {
    await workshop.close();
  }
}

/** Looked at by the server meanwhile: a large picture takes a second, and nobody waits for longer than this, ms. */
const LOOK_MS = 20_000;
const ASK_EVERY_MS = 50;

/** As a message may have it; null where files like it are not taken (the configuration says which are). */
export async function handOver(files: Files, person: Somebody, prop: Prop): Promise<MessageFile | null> {
  const fileId = await upload(files, person, prop);
  if (fileId === null) return null;
  const small = prop.small && (await upload(files, person, prop.small));
  const { name, kind, mime, bytes, said } = prop;
  return {
    fileId,
    kind,
    name,
    mime,
    size: bytes.length,
    ...said,
    // Its measures are found by the server, here as anywhere.
    ...(small && {
      thumbnail: {
        fileId: small,
        mime: prop.small?.mime ?? mime,
        size: prop.small?.bytes.length ?? 0,
        width: 1,
        height: 1,
      },
    }),
  };
}

async function upload(
  files: Files,
  person: Somebody,
  { bytes, mime }: Pick<Prop, 'bytes' | 'mime'>,
): Promise<string | null> {
  const id = newId();
  try {
    await files.begin(person, { id, size: bytes.length, mime, opaque: false });
  } catch (error) {
    if (error instanceof KithError && NOT_TAKEN.has(error.code)) return null;
    throw error;
  }
  await files.append(person, id, 0, once(bytes));
  await files.complete(person, id);
  for (let waited = 0; waited < LOOK_MS; waited += ASK_EVERY_MS) {
    const [state] = await files.states(person, [id]);
    if (state?.state === 'ready') return id;
    if (state?.state === 'refused') return null;
    await sleep(ASK_EVERY_MS);
  }
  throw new Error(`the demo’s files are not looked at: ${mime}`);
}

const NOT_TAKEN: ReadonlySet<string> = new Set(['file_refused', 'too_large', 'limit_reached']);

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
