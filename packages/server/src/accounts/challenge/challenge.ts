/** What may be asked of whoever knocks while many do. A kind of it makes tasks and knows a solution when it sees one. */
import type { Challenge, ChallengeSolution } from '@kith/protocol';

export interface ChallengeKind {
  /**
   * `about`: what it is good for. `hardness`: 1 for what a slow phone does in a second, 2 for twice the work. Nothing is kept
   * of it: any number may be asked for.
   */
  issue(about: string, hardness: number): Challenge;
  /** Null: it solves nothing, is over, or was for something else. Whether it was used is not asked. */
  verify(about: string, solution: ChallengeSolution): Solved | null;
}

export interface Solved {
  readonly nonce: string;
  readonly expiresAt: Date;
}
