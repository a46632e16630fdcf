/**
 * The cases of the attack suite. What `npm run test:security` prints of one is what was held against an expectation here,
 * counted: a case cannot tell more than it has proved, and one that tried nothing fails.
 */
import { expect, it } from 'vitest';

export interface AttackRecord {
  /** What was tried, in words. */
  readonly tried: string;
  /** What came of it → how often. */
  readonly got: Record<string, number>;
}

declare module 'vitest' {
  interface TaskMeta {
    attack?: AttackRecord;
  }
}

/** Holds an outcome against those that are harmless, and counts it. `what`: of many, for the message when it is none of them. */
export type Saw = (what: string, outcome: string, harmless: readonly string[]) => void;

export function attack(
  title: string,
  tried: string,
  work: (saw: Saw) => Promise<void> | void,
  timeout = 60_000,
): void {
  it(title, { timeout }, async ({ task }) => {
    const got: Record<string, number> = {};
    task.meta.attack = { tried, got };
    await work((what, outcome, harmless) => {
      expect(harmless, `${what} came to: ${outcome}`).toContain(outcome);
      got[outcome] = (got[outcome] ?? 0) + 1;
    });
    expect(got, 'nothing was tried').not.toEqual({});
  });
}

/** The code of a refusal, `ok`, or the status of what is neither. */
export async function outcomeOf(response: Response): Promise<string> {
  const text = await response.text();
  if (response.ok) return 'ok';
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly code?: string } };
    return error?.code ?? String(response.status);
  } catch {
    return String(response.status);
  }
}
