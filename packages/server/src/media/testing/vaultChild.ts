/**
 * A vault in a process of its own, to be measured or killed: `node vaultChild.ts memory|write <folder>`. Master key and bytes are
 * known to the test.
 */
import { createVault } from '../cipherVault.ts';
import { createDiskStore } from '../disk.ts';
import { bytesOf, inPieces } from './bytes.ts';

const MASTER_KEY = 'a master key of a child in a test';
const MB = 1024 * 1024;
/** More than are ever written before the test kills; it knows as many. */
const APPENDS = 1_000;

const [task = '', folder = ''] = process.argv.slice(2);
const vault = createVault({ store: createDiskStore(folder), masterKeys: [MASTER_KEY], ciphers: true });

const say = (word: object): void => void process.stdout.write(`${JSON.stringify(word)}\n`);

/** What the process grew to at most while a file of so many bytes went in and came out. */
async function most(bytes: number): Promise<number> {
  let found = 0;
  const look = (): void => {
    found = Math.max(found, process.memoryUsage.rss());
  };
  const place = vault.newPlace();
  await vault.append(
    place,
    0,
    (async function* () {
      for (let at = 0; at < bytes; at += MB) {
        look();
        yield Buffer.alloc(MB, at / MB);
      }
    })(),
  );
  for await (const _ of await vault.read(place, 0, bytes)) look();
  await vault.remove(place);
  return found;
}

if (task === 'memory') {
  // What the engine takes to be warm, and lets lie about before it sweeps, is not what a file costs.
  const before = Math.max(await most(64 * MB), await most(64 * MB));
  say({ grown: (await most(256 * MB)) - before });
} else {
  const place = vault.newPlace();
  say({ key: place.key, secret: place.secret?.toString('hex') });
  let at = 0;
  for (let seed = 1; seed <= APPENDS; seed += 1) {
    at = await vault.append(place, at, inPieces(bytesOf(10_000 + seed * 31, seed)));
    say({ seed, at });
  }
}
