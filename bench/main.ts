/**
 * The load generator: starts servers and their databases on one core, drives them from another, measures, and ends by
 * itself. See README.md.
 */
import { availableParallelism } from 'node:os';
import { measureAlone } from './alone.ts';
import { measureField } from './field.ts';
import { type AloneOptions, type FieldOptions, parseOptions, usage } from './options.ts';
import { isPinned, onLoadCore } from './pinning.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  let options: FieldOptions | AloneOptions | null;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    print(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return 2;
  }
  if (!options) {
    print(usage);
    return 0;
  }
  if (availableParallelism() < 2 && !isPinned()) {
    print('This takes two cores: one for what is measured, one for the load.');
    return 2;
  }
  if (!isPinned()) return onLoadCore();
  if (options.mode === 'kith') await measureAlone(options, print);
  else await measureField(options, print);
  return 0;
}

process.exitCode = await main();
