/**
 * Files: how fast they come and go beside a plain nginx on the same machine, how long a picture is looked at, and what memory a
 * very large file takes.
 *
 *     node bench/files.ts [--part download,upload,pictures,memory] [--quick] [--save files]
 *
 * Server, database and nginx on one core, the load on the other. Each step is done by each system in turn, and all of it again in
 * the next round. It takes some 10 GB of the disk while it runs.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Say, type Stoppable, withStack } from './commandLine.ts';
import { makePictures } from './files/content.ts';
import { measureDownloads } from './files/downloads.ts';
import { type Kith, startKith } from './files/kith.ts';
import { measureMemory } from './files/memory.ts';
import { type PlainNginx, startPlainNginx } from './files/nginx.ts';
import { type FilesOptions, type Part, parseFilesOptions, usage } from './files/options.ts';
import { measurePictures } from './files/pictures.ts';
import { type FilesResults, markdownFiles } from './files/report.ts';
import { measureUploads } from './files/uploads.ts';
import { machine } from './machine.ts';
import { RESULTS } from './options.ts';
import { isPinned, onLoadCore } from './pinning.ts';

const MISUSED = 2;
const print: Say = (line) => void process.stdout.write(`${line}\n`);

interface Both extends Stoppable {
  readonly kith: Kith;
  readonly nginx: PlainNginx;
}

async function startBoth(say: Say): Promise<Both> {
  const nginx = await startPlainNginx(say);
  try {
    const kith = await startKith();
    const stop = async (): Promise<void> => {
      await kith.stop();
      await nginx.stop();
    };
    return { kith, nginx, stop };
  } catch (error) {
    await nginx.stop();
    throw error;
  }
}

async function measure({ kith, nginx }: Both, options: FilesOptions, say: Say): Promise<FilesResults> {
  const part = async <T>(name: Part, work: () => Promise<T>, absent: T): Promise<T> => {
    if (!options.parts.includes(name)) return absent;
    say(`${name}: begins`);
    return work();
  };
  // First: what the server holds before is then what a fresh one holds.
  const memory = await part('memory', () => measureMemory(kith, options, say), null);
  const pictures = async () => measurePictures(kith, await makePictures(say), options, say);
  return {
    machine: machine('postgres'),
    options,
    memory,
    downloads: await part('download', () => measureDownloads(kith, nginx, options, say), []),
    uploads: await part('upload', () => measureUploads(kith, nginx, options, say), []),
    pictures: await part('pictures', pictures, []),
  };
}

async function main(): Promise<number> {
  let options: FilesOptions | null;
  try {
    options = parseFilesOptions(process.argv.slice(2));
    if (options && availableParallelism() < 2 && !isPinned()) throw new Error('This takes two cores.');
  } catch (error) {
    print(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return MISUSED;
  }
  if (!options) {
    print(usage);
    return 0;
  }
  if (!isPinned()) return onLoadCore();
  const { save } = options;
  const results = await withStack(startBoth(print), (both) => measure(both, options, print));
  const text = markdownFiles(results);
  print(`\n${text}`);
  if (save !== null) {
    await mkdir(RESULTS, { recursive: true });
    await writeFile(join(RESULTS, `${save}.json`), `${JSON.stringify(results, null, 2)}\n`);
    await writeFile(join(RESULTS, `${save}.md`), `# ${save}\n\n${text}`);
  }
  return 0;
}

process.exitCode = await main();
