/** Files brought to us as the SDK brings them, and to a plain nginx by PUT, in turn. */
import type { Say } from '../commandLine.ts';
import { forEach, within } from '../deadline.ts';
import { type Content, noiseOf } from './content.ts';
import { tidyDisk } from './disk.ts';
import { SMALL_BYTES } from './downloads.ts';
import type { Kith, Upload } from './kith.ts';
import { type Address, Line } from './line.ts';
import { type Measured, meter, type Served } from './meter.ts';
import type { PlainNginx } from './nginx.ts';
import type { FilesOptions } from './options.ts';
import { type Speed, sizeInWords } from './report.ts';

/** Of one client, as in the SDK (packages/client/src/uploads/uploads.ts). */
const PARALLEL = 3;
const MOST_MS = 600_000;

/** Somewhere that files are brought to. What `bring` returns removes it. */
interface Target {
  readonly system: string;
  readonly served: Served;
  readonly address: Address;
  bring(line: Line, content: Content): Promise<(line: Line) => Promise<void>>;
}

export async function measureUploads(
  kith: Kith,
  nginx: PlainNginx,
  { largeBytes, smallFiles, rounds }: FilesOptions,
  say: Say,
): Promise<Speed[]> {
  let names = 0;
  const targets: readonly Target[] = [
    {
      system: 'Kith, tus',
      served: kith,
      address: kith.address,
      bring: async (line, content) => {
        const upload: Upload = await kith.upload(line, content);
        return (other) => kith.cancel(other, upload);
      },
    },
    {
      system: 'nginx, PUT',
      served: nginx,
      address: nginx.sendfile,
      bring: async (line, content) => {
        names += 1;
        const name = `file${names}`;
        await nginx.put(line, name, content);
        return (other) => nginx.remove(other, name);
      },
    },
  ];
  const loads = [
    { content: noiseOf(largeBytes), count: 1, connections: 1 },
    { content: noiseOf(SMALL_BYTES), count: smallFiles, connections: PARALLEL },
  ];
  // The first ones of all make code fast and connections to the database open.
  for (const target of targets) await bringAll(target, noiseOf(SMALL_BYTES), 2 * PARALLEL, PARALLEL);
  const speeds: Speed[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const { content, count, connections } of loads) {
      for (const target of targets) {
        await tidyDisk();
        const work = bringAll(target, content, count, connections);
        const measured = await within(MOST_MS, 'an upload', work);
        const what = count === 1 ? sizeInWords(content.size) : `${count} × ${sizeInWords(content.size)}`;
        speeds.push({ what, connections, system: target.system, measured });
      }
    }
    say(`  uploads: round ${round} of ${rounds}`);
  }
  return speeds;
}

async function bringAll(
  { served, address, bring }: Target,
  content: Content,
  count: number,
  connections: number,
): Promise<Measured> {
  const lines: Line[] = [];
  const removals: ((line: Line) => Promise<void>)[] = [];
  let bytes = 0;
  try {
    for (let index = 0; index < connections; index += 1) lines.push(await Line.open(address));
    const free = [...lines];
    const end = meter(served, () => ({ bytes, files: removals.length }));
    await forEach(count, connections, async () => {
      const line = free.pop();
      if (!line) throw new Error('More at once than there are connections.');
      removals.push(await bring(line, content));
      bytes += content.size;
      free.push(line);
    });
    const measured = end();
    for (const remove of removals) await remove(lines[0]!);
    return measured;
  } finally {
    for (const line of lines) line.close();
  }
}
