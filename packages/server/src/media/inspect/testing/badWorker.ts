/** A worker that does what is asked of it, also what none should. */
import { READY } from '../workers.ts';

export type BadJob = {
  readonly do: 'echo' | 'slow' | 'poison' | 'crash' | 'hang' | 'exit' | 'swell' | 'environment';
  readonly bytes?: Uint8Array;
};

process.on('message', (job: BadJob) => {
  if (job.do === 'crash') process.abort();
  if (job.do === 'exit') process.exit(3);
  if (job.do === 'hang') for (;;);
  if (job.do === 'swell') {
    const all: object[] = [];
    for (;;) all.push(Array.from({ length: 1_000 }, (_, i) => ({ i })));
  }
  if (job.do === 'poison') setTimeout(() => process.abort(), 100);
  if (job.do === 'slow') setTimeout(() => process.send?.({ pid: process.pid, length: 0 }), 500);
  else if (job.do === 'environment') process.send?.(Object.keys(process.env));
  else process.send?.({ pid: process.pid, length: job.bytes?.length ?? 0 });
});
process.send?.(READY);
