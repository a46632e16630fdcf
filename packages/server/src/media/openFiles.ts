/** Files as the configuration wants them: where their bytes lie, what ciphers them, who looks at them. */
import { join } from 'node:path';
import { loadSecret } from '../accounts/secret.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../store/database.ts';
import type { ByteStore } from './byteStore.ts';
import { createVault } from './cipherVault.ts';
import { createDiskStore } from './disk.ts';
import { createFiles, type Files } from './files.ts';
import { createClamav, type Scan } from './inspect/clamav.ts';
import { createInspector } from './inspect/createInspector.ts';
import type { Leases } from './leases.ts';
import { createLinks, type Links } from './links.ts';
import { createUploadLocks, type UploadLocks } from './locks.ts';
import type { Vault } from './vault.ts';

export interface OpenedFiles {
  readonly files: Files;
  readonly links: Links;
  readonly uploadLocks: UploadLocks;
  /** For what else lies there. */
  readonly vault: Vault;
  /** Looks at what is uploaded besides files; absent: nothing does. */
  readonly scanImage: Scan | undefined;
}

/** An image is small, and somebody waits for it: the scanner is given less time than for an archive, ms. */
const IMAGE_SCAN_MS = 15_000;

export async function openFiles(
  config: Config,
  database: Pick<Database, 'db'>,
  logger: Logger,
  leases?: Leases,
): Promise<OpenedFiles> {
  const { db } = database;
  const vault = createVault({
    store: await openStore(config),
    // What is made by itself stays among the keys: files that it ciphered before a key was configured open for good.
    masterKeys: [...config.fileKeys, await loadSecret(db, 'vault')],
    ciphers: !config.s3Direct,
  });
  const inspector = createInspector({
    logger,
    ...(config.scanner !== null && { scan: createClamav(config.scanner) }),
  });
  const files = createFiles({
    database,
    vault,
    inspector,
    logger,
    fileLimits: {
      fileBytes: config.fileBytes,
      ...(config.fileQuota !== null && { quotaBytes: config.fileQuota }),
      ...(config.fileTypes !== null && { types: config.fileTypes }),
    },
  });
  const uploadLocks = createUploadLocks(leases && { leases });
  return {
    files,
    uploadLocks,
    links: createLinks(await loadSecret(db, 'files')),
    vault,
    scanImage: config.scanner === null ? undefined : createClamav(config.scanner, { idleMs: IMAGE_SCAN_MS }),
  };
}

async function openStore({
  s3Url,
  s3Region,
  s3Key,
  s3Secret,
  filesDirectory,
  dataDirectory,
}: Config): Promise<ByteStore> {
  if (s3Url === null || s3Key === null || s3Secret === null)
    return createDiskStore(filesDirectory ?? join(dataDirectory, 'files'));
  // Only where it is wanted: the library is large.
  const { createS3Store } = await import('./s3.ts');
  const { origin, pathname } = new URL(s3Url);
  const store = createS3Store({
    endpoint: origin,
    region: s3Region,
    bucket: pathname.replaceAll('/', ''),
    accessKeyId: s3Key,
    secretAccessKey: s3Secret,
  });
  await store.check();
  return store;
}
