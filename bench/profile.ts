/** Where the server's time goes: a V8 CPU profile added up by place. */
import { readFile } from 'node:fs/promises';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Share {
  readonly name: string;
  /** Of the time the process was busy, 0 to 1. */
  readonly share: number;
}

/** The room of the house, the package, or the part of Node a frame belongs to. */
export function placeOf(url: string, functionName: string): string {
  const own = /packages\/(\w+)\/src\/(\w+)(\/|\.ts)/.exec(url);
  if (own) return own[1] === 'server' ? `server ${own[2]}` : `${own[1]}`;
  const dependency = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (dependency) return dependency[1] ?? url;
  if (url.startsWith('node:')) return 'node';
  return functionName === '(garbage collector)' ? 'garbage collector' : 'native code and system calls';
}

/** Self time by place and by function, largest first. Idle time is left out. */
export function addUp(profile: Profile): { places: Share[]; functions: Share[] } {
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const places = new Map<string, number>();
  const functions = new Map<string, number>();
  let total = 0;
  profile.samples.forEach((id, i) => {
    const frame = frames.get(id);
    const micros = profile.timeDeltas[i] ?? 0;
    if (!frame || frame.functionName === '(idle)') return;
    total += micros;
    const place = placeOf(frame.url, frame.functionName);
    const file = frame.url.split('/').slice(-2).join('/');
    const name = `${frame.functionName || '(anonymous)'} ${file}:${frame.lineNumber + 1}`;
    places.set(place, (places.get(place) ?? 0) + micros);
    functions.set(name, (functions.get(name) ?? 0) + micros);
  });
  const shares = (sums: Map<string, number>): Share[] =>
    [...sums]
      .map(([name, micros]) => ({ name, share: micros / Math.max(1, total) }))
      .sort((a, b) => b.share - a.share);
  return { places: shares(places), functions: shares(functions) };
}

export const readProfile = async (path: string): Promise<Profile> =>
  JSON.parse(await readFile(path, 'utf8')) as Profile;
