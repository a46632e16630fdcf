import type { CommandName, Input, Output } from '@kith/protocol';
import type { RequestOptions } from './types.ts';

/** How a manager asks the server; rejects with KithError. */
export type Request = <N extends CommandName>(
  command: N,
  input: Input<N>,
  options?: RequestOptions,
) => Promise<Output<N>>;
