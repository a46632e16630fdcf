/**
 * s3rver in a process of its own: `node s3Server.ts <folder> <port> <bucket>`. What it lacks is added here: an object or a part is
 * there as a whole or not at all, an answer comes after the bytes are in the file, and an upload can be aborted. It ends by
 * SIGTERM: connections are cut at once, files are brought to an end.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
// @ts-expect-error: it has no types.
import untyped from 's3rver';

interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly content: Buffer | Readable;
  readonly metadata: Record<string, string>;
}

interface Kept {
  readonly size: number;
  readonly md5: string;
}

/** Of s3rver's store, which has no types, what is used or replaced here. */
interface Store {
  getResourcePath(bucket: string, key: string | undefined, resource: string): string;
  putMetadata(bucket: string, key: string, metadata: Record<string, string>, md5: string): Promise<void>;
  putObject(object: StoredObject): Promise<Kept>;
  putPart(bucket: string, upload: string, number: string, content: Readable): Promise<Kept>;
}

interface Context {
  readonly method: string;
  readonly query: Record<string, string | undefined>;
  status: number;
}

interface App {
  readonly store: Store;
  readonly middleware: ((context: Context, next: () => Promise<void>) => Promise<void>)[];
  readonly httpServer: Server;
  run(): Promise<unknown>;
}

const S3rver = untyped as new (options: object) => App;

const [directory = '', port = '0', bucket = 'kith'] = process.argv.slice(2);
const app = new S3rver({
  address: '127.0.0.1',
  port: Number(port),
  silent: true,
  directory,
  vhostBuckets: false,
  configureBuckets: [{ name: bucket }],
});
const { store } = app;
const busy = new Set<Promise<unknown>>();

function track<T>(work: Promise<T>): Promise<T> {
  busy.add(work);
  const over = () => busy.delete(work);
  work.then(over, over);
  return work;
}

async function keep(path: string, content: Buffer | Readable): Promise<Kept> {
  const hash = createHash('md5');
  let size = 0;
  const coming = `${path}.coming`;
  await mkdir(dirname(path), { recursive: true });
  await pipeline(
    Buffer.isBuffer(content) ? Readable.from([content]) : content,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(coming),
  );
  await rename(coming, path);
  return { size, md5: hash.digest('hex') };
}

async function putObject(object: StoredObject): Promise<Kept> {
  const kept = await keep(store.getResourcePath(object.bucket, object.key, 'object'), object.content);
  await store.putMetadata(object.bucket, object.key, object.metadata, kept.md5);
  return kept;
}

const folderOf = (of: string, upload: string): string =>
  join(store.getResourcePath(of, undefined, 'uploads'), upload);

async function putPart(of: string, upload: string, number: string, content: Readable): Promise<Kept> {
  const path = join(folderOf(of, upload), number);
  const kept = await keep(path, content);
  await writeFile(`${path}.md5`, kept.md5);
  return kept;
}

store.putObject = (object) => track(putObject(object));
store.putPart = (...given) => track(putPart(...given));

app.middleware.unshift(async (context, next) => {
  const { uploadId } = context.query;
  if (context.method !== 'DELETE' || !uploadId || !/^[0-9a-f]+$/.test(uploadId)) return next();
  await rm(folderOf(bucket, uploadId), { recursive: true, force: true });
  context.status = 204;
});

await app.run();

process.on('SIGTERM', () => {
  app.httpServer.close();
  app.httpServer.closeAllConnections();
  void Promise.allSettled(busy).then(() => process.exit(0));
});
