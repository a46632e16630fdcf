/** Small help with child processes that more than one service needs. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface User {
  uid: number;
  gid: number;
}

/** Waits for the end of a child, with what it printed. `code` is null when a signal ended it. */
export async function collect(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk;
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}

/**
 * The first of these users that exists, when we are root: PostgreSQL refuses to run as root. Undefined
 * for everyone else, who runs it as themselves.
 */
export async function unprivilegedUser(...names: string[]): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of names) {
    const [uid, gid] = [await idOf('-u', name), await idOf('-g', name)];
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(
    `Running as root, and there is none of these users to run PostgreSQL as: ${names.join(', ')}`,
  );
}

async function idOf(kind: '-u' | '-g', name: string): Promise<number | undefined> {
  const { code, output } = await collect(
    spawn('id', [kind, name], { stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 }),
  );
  return code === 0 ? Number(output) : undefined;
}
