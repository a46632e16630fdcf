/**
 * The process in which the demo's props are made: it may draw what the service, for its safety, refuses to read, and takes none of
 * its time.
 */
import { READY } from '../media/inspect/workers.ts';
import { makeProps } from './props.ts';

/** What the process is asked; it answers with pairs of a name and a prop. */
export interface Order {
  readonly do: 'make';
}

process.on('message', () => {
  makeProps().then(
    (props) => process.send?.([...props]),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () =>
        process.exit(1),
      );
    },
  );
});
process.on('disconnect', () => process.exit());
process.send?.(READY);
