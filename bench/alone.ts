/** Kith alone: rates that were asked for, in either database, with or without history and profile. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machine } from './machine.ts';
import { type AloneOptions, type AloneScenario, type Print, RESULTS } from './options.ts';
import { addUp, readProfile } from './profile.ts';
import { markdown, type Results } from './report.ts';
import { direct, group, idle } from './scenarios.ts';
import { type Stack, startStack } from './stack.ts';

/** Measures Kith alone, at rates that were asked for, and can say more about it than the field can. */
export async function measureAlone(options: AloneOptions, print: Print): Promise<void> {
  const results: Results = {
    machine: machine(options.database),
    options: { ...options },
    direct: await scenario(
      options,
      print,
      'direct',
      options.clients,
      (stack) => direct(stack, options, print),
      [],
    ),
    group: await scenario(
      options,
      print,
      'group',
      options.clients,
      (stack) => group(stack, options, print),
      [],
    ),
    idle: await scenario(options, print, 'idle', options.idleSockets, (stack) => idle(stack, options), null),
  };
  print(`\n${markdown(results)}`);
  if (options.save) {
    await mkdir(RESULTS, { recursive: true });
    await writeFile(join(RESULTS, `${options.save}.json`), `${JSON.stringify(results, null, 2)}\n`);
    await writeFile(join(RESULTS, `${options.save}.md`), `# ${options.save}\n\n${markdown(results)}`);
  }
}

/** Each scenario has a server and a database of its own, so that none inherits another's memory. */
async function scenario<T>(
  options: AloneOptions,
  print: Print,
  name: AloneScenario,
  people: number,
  drive: (stack: Stack) => Promise<T>,
  absent: T,
): Promise<T> {
  if (!options.scenarios.includes(name)) return absent;
  print(`${name}: starting`);
  const stack = await startStack({ database: options.database, people, profile: options.profile });
  const stopAtOnce = (): void => void stack.stop().finally(() => process.exit(1));
  process.on('SIGINT', stopAtOnce);
  process.on('SIGTERM', stopAtOnce);
  try {
    const result = await drive(stack);
    await stack.stopServer();
    if (options.profile) await printProfile(stack.folder, print);
    return result;
  } finally {
    await stack.stop();
    process.off('SIGINT', stopAtOnce);
    process.off('SIGTERM', stopAtOnce);
  }
}

async function printProfile(folder: string, print: Print): Promise<void> {
  const file = (await readdir(folder)).find((name) => name.endsWith('.cpuprofile'));
  if (!file) return;
  const { places, functions } = addUp(await readProfile(join(folder, file)));
  const lines = (title: string, shares: typeof places, count: number): void => {
    print(title);
    for (const { name, share } of shares.slice(0, count))
      print(`  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
  };
  lines('Where the time of the server goes, by place:', places, 16);
  lines('by function:', functions, 40);
}
