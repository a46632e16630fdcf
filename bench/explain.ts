/** The plans of what the server really asks: its own functions, run on a database that explains instead of answering. */
import type { Db } from '../packages/server/src/store/database.ts';

/** Statements longer than this are cut where they are shown. */
const SHOWN = 400;

/**
 * Runs `read`, a function of the server's store, and returns the plan of each statement written as SQL that it makes; those
 * made by the query builder run as they are, and so does whatever `which` leaves out. The rows it gets are plans, so what it
 * makes of them is of no use and neither is its failure.
 */
export async function explain(
  db: Db,
  read: (db: Db) => Promise<unknown>,
  which: (statement: string) => boolean = () => true,
): Promise<string[]> {
  const plans: string[] = [];
  const statements = new Map<object, string>();
  const explaining = db.withPlugin({
    transformQuery: ({ node, queryId }) => {
      if (node.kind !== 'RawNode') return node;
      const [first = '', ...rest] = node.sqlFragments;
      const statement = node.sqlFragments.join('?').replace(/\s+/g, ' ');
      if (!which(statement)) return node;
      statements.set(queryId, statement.slice(0, SHOWN));
      return { ...node, sqlFragments: [`explain (analyze, buffers) ${first}`, ...rest] };
    },
    transformResult: async ({ result, queryId }) => {
      const statement = statements.get(queryId);
      if (statement === undefined) return result;
      const lines = result.rows.map((row) => String(Object.values(row)[0]));
      plans.push([`-- ${statement}`, ...lines].join('\n'));
      return { ...result, rows: [] };
    },
  });
  await read(explaining).catch(() => undefined);
  return plans;
}
