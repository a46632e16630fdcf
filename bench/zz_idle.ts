import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Peer } from './peer.ts';
import { startStack } from './stack.ts';

const N = Number(process.argv[2] ?? 4000);
const stack = await startStack({ database: 'postgres', people: N + 50, profile: false });
const rss = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${stack.serverPid}/status`, 'utf8'))![1]) * 1024;
const deaf = { acknowledged() {}, failed() {}, delivered() {} };
let next = 0;
const go = async (to: number) => {
  const w = async () => {
    while (next < to) {
      const i = next++;
      await Peer.connect(stack.url, stack.people[i]!, i, deaf);
    }
  };
  await Promise.all(Array.from({ length: 32 }, w));
};
const mem = async () => {
  const t = await (await fetch(stack.url.replace('ws', 'http').replace('/v1/socket', '/metrics'))).text();
  console.log(
    t
      .split('\n')
      .filter((l) =>
        /^(nodejs_heap_s|nodejs_external|process_resident|nodejs_heap_space_size_(used|total|available))/.test(
          l,
        ),
      )
      .map((l) => l.replace(/(\d+)$/, (d) => (Number(d) / 1e6).toFixed(1)))
      .join('\n'),
  );
};
await go(50);
await sleep(3000);
await mem();
await sleep(4000);
const a = rss();
if (process.argv[3]) {
  process.kill(stack.serverPid, 'SIGUSR2');
  await sleep(5000);
}
await go(N + 50);
for (const t of [1, 5, 10, 20]) {
  await sleep(t * 1000);
  console.log(t, 'bytes/socket', Math.round((rss() - a) / N));
}
if (process.argv[3]) {
  process.kill(stack.serverPid, 'SIGUSR2');
  await sleep(12000);
  console.log('after snapshot gc', Math.round((rss() - a) / N));
}
await mem();
await stack.stop();
process.exit(0);
