/**
 * Processes of our own for work on strangers' bytes. Each does one piece at a time, within a time and a size; one that dies, hangs or
 * swells takes nothing along but that piece, and the next gets a new one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createTurns } from './turns.ts';

export interface Workers<Job, Answer> {
  /**
   * `give` is asked for the job when its turn has come, so that what waits weighs nothing.
   * @throws WorkerLost; KithError unavailable: too many wait; the signal's reason.
   */
  run(give: () => Promise<Job>, options: RunOptions): Promise<Answer>;
  close(): Promise<void>;
}

interface RunOptions {
  readonly signal: AbortSignal;
  /** Small work goes before large. */
  readonly first?: boolean;
}

export interface WorkersOptions {
  /** A module that answers each message with one, and says `READY` first. */
  readonly entry: URL;
  readonly most: number;
  /** One piece of work may take this long, ms. */
  readonly jobMs: number;
  /** JavaScript's own memory; what libraries take besides is watched by the worker itself. */
  readonly heapMegabytes?: number;
  /** Without work it ends after this time, ms: its memory is worth more than the quarter of a second that a new one takes. */
  readonly idleMs?: number;
  readonly mostWaiting?: number;
}

/** Said by a worker when it can work. */
export const READY = 'ready';

/** `unable`: it never got as far as to begin, which is not the file's doing. */
export class WorkerLost extends Error {
  override name = 'WorkerLost';
  readonly why: 'died' | 'late' | 'unable';

  constructor(why: WorkerLost['why'], complaints: string) {
    super(`a worker was lost (${why})${complaints && `: ${complaints}`}`);
    this.why = why;
  }
}

const START_MS = 20_000;
const COMPLAINTS = 2_000;

interface Worker {
  readonly child: ChildProcess;
  /** The end of what it wrote to its log: for ours. */
  readonly complaints: () => string;
  readonly gone: Promise<void>;
}

export function createWorkers<Job extends object, Answer>({
  entry,
  most,
  jobMs,
  heapMegabytes = 256,
  idleMs = 60_000,
  mostWaiting = 1_000,
}: WorkersOptions): Workers<Job, Answer> {
  const turns = createTurns(most, mostWaiting);
  const all = new Set<Worker>();
  /** With the timer that ends it. */
  const idle = new Map<Worker, NodeJS.Timeout>();
  const closing = new AbortController();

  const start = async (signal: AbortSignal): Promise<Worker> => {
    const child = fork(entry, {
      execArgv: [`--max-old-space-size=${heapMegabytes}`, '--disable-warning=ExperimentalWarning'],
      // Nothing of ours: the environment holds keys. glibc would keep an arena of memory for each thread.
      env: { MALLOC_ARENA_MAX: '2' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let complaints = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-COMPLAINTS);
    });
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', (error) => {
        complaints += error.message;
        if (child.pid === undefined) resolve();
      });
    });
    const worker: Worker = { child, complaints: () => complaints.trim(), gone };
    all.add(worker);
    gone.then(
      () => {
        all.delete(worker);
        clearTimeout(idle.get(worker));
        idle.delete(worker);
      },
      () => undefined,
    );
    try {
      await answerOf(worker, signal, START_MS);
      return worker;
    } catch (error) {
      child.kill('SIGKILL');
      throw error instanceof WorkerLost ? new WorkerLost('unable', worker.complaints()) : error;
    }
  };

  /** The one that worked last is the one whose memory is warm. */
  const resume = (): Worker | undefined => {
    const worker = [...idle.keys()].at(-1);
    if (worker) {
      clearTimeout(idle.get(worker));
      idle.delete(worker);
    }
    return worker;
  };

  const rest = (worker: Worker): void => {
    const timer = setTimeout(() => {
      // Its end is heard of later: until then nobody must be given to it.
      idle.delete(worker);
      worker.child.kill('SIGKILL');
    }, idleMs);
    idle.set(worker, timer.unref());
  };

  const work = async (worker: Worker, job: Job, signal: AbortSignal): Promise<Answer> => {
    try {
      const answer = answerOf<Answer>(worker, signal, jobMs);
      // That it cannot be told is heard of by its end, too.
      worker.child.send(job, () => undefined);
      const said = await answer;
      rest(worker);
      return said;
    } catch (error) {
      worker.child.kill('SIGKILL');
      await worker.gone;
      throw error;
    }
  };

  return {
    run: (give, { signal, first = false }) => {
      const until = AbortSignal.any([signal, closing.signal]);
      return turns.take(
        async () => {
          const job = await give();
          const warm = resume();
          if (!warm) return work(await start(until), job, until);
          try {
            return await work(warm, job, until);
          } catch (error) {
            // It may have died of what it did before: nobody is blamed for that.
            if (!(error instanceof WorkerLost && error.why === 'died')) throw error;
            return work(await start(until), job, until);
          }
        },
        { signal: until, first },
      );
    },
    close: async () => {
      closing.abort(new Error('the service stops'));
      for (const { child } of all) child.kill('SIGKILL');
      await Promise.all([...all].map(({ gone }) => gone));
    },
  };
}

/** Its next message. */
function answerOf<Answer>(
  { child, gone, complaints }: Worker,
  signal: AbortSignal,
  ms: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      child.off('message', heard);
      signal.removeEventListener('abort', aborted);
      end();
    };
    const heard = (message: unknown): void => settle(() => resolve(message as Answer));
    const aborted = (): void => settle(() => reject(signal.reason));
    const timer = setTimeout(() => settle(() => reject(new WorkerLost('late', complaints()))), ms);
    child.once('message', heard);
    signal.addEventListener('abort', aborted, { once: true });
    gone.then(
      () => settle(() => reject(new WorkerLost('died', complaints()))),
      () => undefined,
    );
    if (signal.aborted) aborted();
  });
}
