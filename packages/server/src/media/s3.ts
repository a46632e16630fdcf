/**
 * Bytes in anything that speaks S3. A finished file is one object. One that is still coming is a multipart upload, which nobody
 * can read, and beside it an object that says how far it is:
 *
 *     <key>        once finished
 *     <key>.part   { upload, parts }, a line break, and the bytes that do not fill a part yet; its metadata say the length
 *
 * That second object is replaced as a whole, after the part it speaks of is kept. So all that is known is in S3: any node goes
 * on where another died, and what a death leaves is either not spoken of yet, and sent again, or done. Stores of this kind need
 * not list parts or uploads, nor copy within themselves.
 */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { KithError } from '@kith/protocol';
import { checkAt, checkKey, sourceOf } from './appending.ts';
import { BLOCK_BYTES, type ByteStore, type Fence, KEY, type LinkOptions } from './byteStore.ts';
import { errorOfS3, isMissing } from './s3Errors.ts';
import { readOn } from './s3Reading.ts';

export interface S3Options {
  /** Absent: Amazon's, of the region. */
  readonly endpoint?: string;
  readonly region: string;
  /** Its keys must be allowed to list it too: to others, some servers do not say that an object is missing. */
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `host/bucket/key`, which all servers speak, in place of `bucket.host/key`. Unless told: yes. */
  readonly pathStyle?: boolean;
  /** Begins every object's name; with its own slash, if one is wanted. */
  readonly prefix?: string;
}

export interface S3Store extends ByteStore {
  link(key: string, options: LinkOptions): Promise<string>;
  /** Whether the bucket is there and ours. @throws KithError unavailable. */
  check(): Promise<void>;
  close(): void;
}

/** About 8 MiB, whole blocks: S3 takes 10,000 parts, which is 80 GB, of at least 5 MiB. */
const PART_BYTES = 128 * BLOCK_BYTES;
const PART_SUFFIX = '.part';
/** Of all objects: a browser that gets at one directly must not draw it, unless a link says otherwise. */
const ContentType = 'application/octet-stream';
/** Room for what does not fill a part yet grows to a part from here: most files are small. */
const FIRST_BYTES = 256 * 1024;

/** All in ms. */
export interface S3Times {
  readonly connect: number;
  /** Until an answer begins: a part goes through a line of 1.5 Mbit/s. */
  readonly answer: number;
  /** Without a byte, either way. */
  readonly silent: number;
}

const TIMES: S3Times = { connect: 5_000, answer: 60_000, silent: 30_000 };
const ATTEMPTS = 3;
/** Whoever reads through us holds one: as many as a node may serve at a time, not the library's 50. */
const SOCKETS = 512;

/** What `<key>.part` says. `upload` is empty until there is a whole part. */
interface Progress {
  readonly upload: string;
  /** What the store calls each part it has, in order. */
  readonly parts: readonly string[];
  readonly tail: Buffer;
}

const NOTHING: Progress = { upload: '', parts: [], tail: Buffer.alloc(0) };

const lengthOf = ({ parts, tail }: Progress): number => parts.length * PART_BYTES + tail.length;

export function createS3Store(options: S3Options, times: S3Times = TIMES): S3Store {
  const { bucket: Bucket, prefix = '' } = options;
  const client = clientOf(options, times);
  const place = (name: string) => ({ Bucket, Key: prefix + name });
  const object = (key: string) => place(key);
  const part = (key: string) => place(key + PART_SUFFIX);

  const put = (where: ReturnType<typeof place>, Body: Buffer, Metadata: Record<string, string> = {}) =>
    client.send(new PutObjectCommand({ ...where, Body, Metadata, ContentType }));

  const load = async (key: string): Promise<Progress | null> => {
    const { Body } = await client.send(new GetObjectCommand(part(key))).catch(orMissing);
    return Body ? decode(await buffer(Body as Readable)) : null;
  };
  const save = async (key: string, progress: Progress): Promise<void> => {
    await put(part(key), encode(progress), { length: String(lengthOf(progress)) });
  };

  /** Of a finished file. */
  const sizeOf = async (key: string): Promise<number | null> => {
    const { ContentLength } = await client.send(new HeadObjectCommand(object(key))).catch(orMissing);
    return ContentLength ?? null;
  };

  const addPart = async (key: string, progress: Progress, Body: Buffer): Promise<string> => {
    const { ETag } = await client.send(
      new UploadPartCommand({
        ...object(key),
        UploadId: progress.upload,
        PartNumber: progress.parts.length + 1,
        Body,
      }),
    );
    if (!ETag) throw new Error('The store of files took a part and gave no name for it.');
    return ETag;
  };

  const beginUpload = async (key: string): Promise<string> => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...object(key), ContentType }));
    if (!UploadId) throw new Error('The store of files began an upload and gave no name for it.');
    return UploadId;
  };

  /** One more part is kept, and said to be. */
  const commit = async (key: string, before: Progress, whole: Buffer, fence?: Fence): Promise<Progress> => {
    let progress = before;
    fence?.();
    if (progress.upload === '') {
      progress = { ...progress, upload: await beginUpload(key) };
      // Spoken of before it weighs anything: an upload nobody knows of would be paid for and never found.
      fence?.();
      await save(key, progress);
    }
    fence?.();
    const name = await addPart(key, progress, whole);
    fence?.();
    progress = { ...progress, parts: [...progress.parts, name], tail: NOTHING.tail };
    await save(key, progress);
    return progress;
  };

  /** Writes what is in `progress` and then `pieces`; what is kept is known to `<key>.part` in between, too. */
  const write = async (
    key: string,
    begun: Progress,
    pieces: AsyncIterable<Uint8Array>,
    fence?: Fence,
  ): Promise<void> => {
    let progress = begun;
    let gathered = begun.tail;
    let used = gathered.length;
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; ) {
        const taken = piece.subarray(at, at + PART_BYTES - used);
        gathered = withRoom(gathered, used, taken.length);
        gathered.set(taken, used);
        at += taken.length;
        used += taken.length;
        if (used < PART_BYTES) continue;
        progress = await commit(key, progress, gathered, fence);
        used = 0;
      }
    }
    fence?.();
    await save(key, { ...progress, tail: gathered.subarray(0, used) });
  };

  const abort = async (key: string, UploadId: string): Promise<void> => {
    if (UploadId === '') return;
    await client.send(new AbortMultipartUploadCommand({ ...object(key), UploadId })).catch(orMissing);
  };

  const complete = async (key: string, progress: Progress): Promise<void> => {
    const { upload, parts, tail } = progress;
    if (parts.length === 0) {
      await put(object(key), tail);
      return abort(key, upload);
    }
    const names = tail.length > 0 ? [...parts, await addPart(key, progress, tail)] : parts;
    await client.send(
      new CompleteMultipartUploadCommand({
        ...object(key),
        UploadId: upload,
        MultipartUpload: { Parts: names.map((ETag, index) => ({ ETag, PartNumber: index + 1 })) },
      }),
    );
  };

  /** @param range as the header says it. */
  const get = async (key: string, range: string) => {
    const { Body, ContentRange } = await client.send(new GetObjectCommand({ ...object(key), Range: range }));
    return { body: Body as Readable, range: ContentRange ?? '' };
  };

  const readUnfinished = async (key: string, from: number, to: number): Promise<Readable> => {
    const progress = await load(key);
    if (!progress) throw new KithError('not_found');
    const start = lengthOf(progress) - progress.tail.length;
    // In parts that nobody can read before the last has come.
    if (from < start) throw new KithError('not_ready');
    const bytes = progress.tail.subarray(from - start, to - start);
    return Readable.from([bytes], { objectMode: false });
  };

  return {
    append: async (key, at, chunks, fence) => {
      checkKey(key);
      const source = sourceOf(chunks);
      const progress = (await load(key).catch(fail)) ?? NOTHING;
      const length = lengthOf(progress);
      checkAt(at, length);
      const kept = progress.tail.length - (length - at);
      const begun = { ...progress, tail: progress.tail.subarray(0, kept) };
      await write(key, begun, source.pieces, fence).catch(fail);
      source.rethrow();
    },
    length: async (key) => {
      checkKey(key);
      const [finished, begun] = await Promise.all([
        sizeOf(key),
        client.send(new HeadObjectCommand(part(key))).catch(orMissing),
      ]).catch(fail);
      if (finished !== null) return finished;
      return begun.Metadata ? Number(begun.Metadata['length']) : null;
    },
    finish: async (key) => {
      checkKey(key);
      const [finished, progress] = await Promise.all([sizeOf(key), load(key)]).catch(fail);
      if (!progress) {
        if (finished === null) throw new KithError('not_found');
        return;
      }
      // The last time it came as far as this, and no further.
      if (finished !== lengthOf(progress)) await complete(key, progress).catch(fail);
      await client.send(new DeleteObjectCommand(part(key))).catch(fail);
    },
    read: async (key, from, to) => {
      checkKey(key);
      if (to <= from) return Readable.from([]);
      try {
        return await readOn((range) => get(key, range), from, to);
      } catch (error) {
        if (!isMissing(error)) fail(error);
      }
      return readUnfinished(key, from, to).catch(fail);
    },
    remove: async (key) => {
      checkKey(key);
      try {
        const progress = await load(key);
        if (progress) await abort(key, progress.upload);
        await client.send(new DeleteObjectCommand(object(key)));
        // Last: it is what the next attempt would need.
        await client.send(new DeleteObjectCommand(part(key)));
      } catch (error) {
        fail(error);
      }
    },
    keys: async function* (before) {
      let last = { key: '', changed: 0 };
      for await (const { key, changed } of list(client, Bucket, prefix)) {
        if (key === last.key) {
          last = { key, changed: Math.max(changed, last.changed) };
          continue;
        }
        if (last.key !== '' && last.changed < before.getTime()) yield last.key;
        last = { key, changed };
      }
      if (last.key !== '' && last.changed < before.getTime()) yield last.key;
    },
    link: async (key, { seconds, mime, disposition }) => {
      checkKey(key);
      const command = new GetObjectCommand({
        ...object(key),
        ResponseContentType: mime,
        ResponseContentDisposition: disposition,
      });
      return getSignedUrl(client, command, { expiresIn: seconds });
    },
    check: async () => {
      await client.send(new HeadBucketCommand({ Bucket })).catch((error: unknown) => {
        throw new KithError('unavailable', {
          message: `The bucket ${Bucket} cannot be reached with these keys.`,
          cause: error,
        });
      });
    },
    close: () => client.destroy(),
  };
}

function clientOf(
  { endpoint, region, accessKeyId, secretAccessKey, pathStyle = true }: S3Options,
  times: S3Times,
): S3Client {
  const agent = { keepAlive: true, maxSockets: SOCKETS };
  return new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: pathStyle,
    maxAttempts: ATTEMPTS,
    // Servers other than Amazon's do not all know the newest ones. Every byte is authenticated by the vault or by its sender.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // It would cost a connection of its own for each part.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: times.connect,
      requestTimeout: times.answer,
      throwOnRequestTimeout: true,
      socketTimeout: times.silent,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}

/** Objects of our own, in the order of their names: a key's two follow one another. */
async function* list(client: S3Client, Bucket: string, Prefix: string) {
  let ContinuationToken: string | undefined;
  do {
    const page = await client
      .send(new ListObjectsV2Command({ Bucket, Prefix, ...(ContinuationToken && { ContinuationToken }) }))
      .catch(fail);
    for (const { Key = '', LastModified } of page.Contents ?? []) {
      const name = Key.slice(Prefix.length);
      const key = name.endsWith(PART_SUFFIX) ? name.slice(0, -PART_SUFFIX.length) : name;
      if (KEY.test(key) && LastModified) yield { key, changed: LastModified.getTime() };
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
}

function encode({ upload, parts, tail }: Progress): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ upload, parts })}\n`), tail]);
}

function decode(bytes: Buffer): Progress {
  const end = bytes.indexOf('\n');
  const { upload, parts } = JSON.parse(bytes.toString('utf8', 0, end)) as Omit<Progress, 'tail'>;
  return { upload, parts, tail: bytes.subarray(end + 1) };
}

function withRoom(gathered: Buffer, used: number, more: number): Buffer {
  if (used + more <= gathered.length) return gathered;
  const room = Math.max(FIRST_BYTES, 2 * gathered.length, used + more);
  const larger = Buffer.allocUnsafeSlow(Math.min(PART_BYTES, room));
  gathered.copy(larger, 0, 0, used);
  return larger;
}

/** An object that is not there has nothing to say. */
function orMissing(error: unknown): Record<string, never> {
  if (isMissing(error)) return {};
  throw error;
}

function fail(error: unknown): never {
  throw errorOfS3(error);
}
