import type { OutsideProblem } from '@kith/protocol';

/** Why somebody who came by another service is not let in. The message is for the log, never for people. */
export class OutsideTrouble extends Error {
  override name = 'OutsideTrouble';
  readonly problem: OutsideProblem;

  constructor(problem: OutsideProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}
