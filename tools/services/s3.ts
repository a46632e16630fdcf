/**
 * A throw-away store that speaks S3, for tests, on a free port of 127.0.0.1, with one empty bucket.
 *
 *     import { startS3 } from '@kith/tools/services/s3.ts';
 *     const s3 = await startS3();
 *     … s3.settings …
 *     await s3.drop();
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endWithUs, freePort, hasExited, untilListening } from './processes.ts';

export interface S3Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface S3 {
  /** Stay the same over stops and starts, as does what it keeps. */
  readonly settings: S3Settings;
  /** Whoever was connected is cut off. */
  stop(): Promise<void>;
  /** Starts it again after a stop. */
  start(): Promise<void>;
  /** Uploads in parts that were begun, and neither completed nor aborted. */
  openUploads(): Promise<number>;
  /** Stops it and removes what it kept. */
  drop(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('./s3Server.ts', import.meta.url));
/** s3rver makes its marks for the next page by DES, which OpenSSL does no more unless it is told to. */
const LEGACY = '--openssl-legacy-provider';
const BUCKET = 'kith-files';
/** The one account s3rver knows. */
const ACCOUNT = 'S3RVER';
const ENDING_MS = 5_000;

export async function startS3(): Promise<S3> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-s3-'));
  const port = await freePort();

  const launch = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [LEGACY, SCRIPT, folder, String(port), BUCKET], {
      cwd: '/',
      detached: true,
      stdio: 'ignore',
    });
    child.unref();
    await once(child, 'spawn');
    endWithUs(child);
    await untilListening('S3', child, port);
    return child;
  };

  let child = await launch();
  const stop = async (): Promise<void> => {
    if (hasExited(child)) return;
    const gone = once(child, 'exit');
    child.ref();
    child.kill('SIGTERM');
    await Promise.race([gone, sleep(ENDING_MS, undefined, { ref: false })]);
    if (!hasExited(child)) child.kill('SIGKILL');
    await gone;
  };
  return {
    settings: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      bucket: BUCKET,
      accessKeyId: ACCOUNT,
      secretAccessKey: ACCOUNT,
    },
    stop,
    start: async () => {
      if (hasExited(child)) child = await launch();
    },
    openUploads: async () => {
      const uploads = await readdir(join(folder, BUCKET, '._S3rver_uploads')).catch(() => []);
      return uploads.length;
    },
    drop: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
