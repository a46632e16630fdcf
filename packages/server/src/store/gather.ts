/**
 * Questions of the same kind, asked by many at once, answered together: one statement for a hundred people costs the
 * database and this process a tenth of a hundred statements. Whoever asks while others are answered waits for the next
 * round, so rounds grow with the load, and a single question is answered at once.
 */
import { KithError } from '@kith/protocol';
import { isDatabaseUnavailable } from './database.ts';

export interface GatherOptions<Question, Answer> {
  /**
   * Answers these, one each, in their order; reads nothing from before it is called. When it rejects, it is asked again for
   * the one half and the other, so that one question to blame fails alone; unless what is wrong would be so for all.
   */
  readonly answer: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  /** Rounds at a time. */
  readonly parallel: number;
  /** Questions of one round. */
  readonly most: number;
  /** Questions that may wait; further ones are refused. */
  readonly waitingMax?: number;
}

/** @throws KithError unavailable, when too many wait. */
export type Gather<Question, Answer> = (question: Question) => Promise<Answer>;

/** A gather for each lane, so that no round has questions of two. */
export function createLanes<Question, Answer>(
  lanes: number,
  laneOf: (question: Question) => number,
  options: GatherOptions<Question, Answer>,
): Gather<Question, Answer> {
  const gathers = Array.from({ length: lanes }, () => createGather(options));
  return (question) => {
    const gather = gathers[laneOf(question)];
    if (!gather) throw new Error('There is no such lane.');
    return gather(question);
  };
}

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** The database is away or too slow, or a refusal of our own. */
const isForAll = (error: unknown): boolean => error instanceof KithError || isDatabaseUnavailable(error);

const WAITING_MAX = 50_000;
const RETRY_AFTER_MS = 1_000;

export function createGather<Question, Answer>({
  answer,
  parallel,
  most,
  waitingMax = WAITING_MAX,
}: GatherOptions<Question, Answer>): Gather<Question, Answer> {
  let waiting: Waiting<Question, Answer>[] = [];
  let running = 0;
  let planned = false;

  const round = async (all: readonly Waiting<Question, Answer>[]): Promise<void> => {
    // One to blame is found by so many splits; a round that fails oftener has more of them than are worth looking for.
    let splits = Math.ceil(Math.log2(all.length));
    const ask = async (some: readonly Waiting<Question, Answer>[]): Promise<void> => {
      try {
        const answers = await answer(some.map(({ question }) => question));
        some.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
      } catch (error) {
        if (splits === 0 || some.length === 1 || isForAll(error)) {
          for (const { reject } of some) reject(error);
          return;
        }
        splits -= 1;
        const half = some.length >> 1;
        await ask(some.slice(0, half));
        await ask(some.slice(half));
      }
    };
    await ask(all);
  };

  const work = async (): Promise<void> => {
    running += 1;
    while (waiting.length > 0) {
      const some = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await round(some);
    }
    running -= 1;
  };

  /** What was asked in this turn of the loop, by whichever socket, goes together. */
  const begin = (): void => {
    planned = false;
    if (running < parallel) void work();
  };

  return (question) => {
    if (waiting.length >= waitingMax)
      return Promise.reject(new KithError('unavailable', { retryAfterMs: RETRY_AFTER_MS }));
    return new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (planned || running >= parallel) return;
      planned = true;
      setImmediate(begin);
    });
  };
}
