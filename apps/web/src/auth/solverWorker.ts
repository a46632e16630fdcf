/** Tries numbers without a pause: here nobody waits for a turn. */
import { type Challenge, solveChallenge } from '@kith/client/challenge';

export interface Answer {
  /** Null: it cannot be done; the page finds out why. */
  readonly answer: string | null;
}

/** The part of a worker's own scope that is needed: the types of the page do not know it. */
interface Scope {
  onmessage: ((event: MessageEvent<Challenge>) => void) | null;
  postMessage(answer: Answer): void;
}

const scope = globalThis as unknown as Scope;
scope.onmessage = ({ data }) => {
  solveChallenge(data, { sliceMs: Number.POSITIVE_INFINITY }).then(
    (answer) => scope.postMessage({ answer }),
    () => scope.postMessage({ answer: null }),
  );
};
