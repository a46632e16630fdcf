/**
 * The step of the door in the entry of the browser's history: who looks into their mail on a phone, or reloads, finds the
 * page where they left it, and "back" leads from the code to the form.
 */
import { useEffect } from 'react';
import type { Move, Step } from './steps.ts';

type Kept = Extract<Step, { type: 'code' | 'factor' | 'name' | 'reset' }>;

/** What would be lost; the others are found again by themselves. The link that undoes a change is good for days: it is not kept. */
const isKept = (step: Step): step is Kept => KEPT.has(step.type);

const KEPT: ReadonlySet<Step['type']> = new Set(['code', 'factor', 'name', 'reset']);

const entry = (): { readonly door?: unknown } => (history.state ?? {}) as { readonly door?: unknown };

/** What this entry was left at. */
export function keptStep(): Step | undefined {
  const door = entry().door as Kept | undefined;
  if (!door || !isKept(door)) return undefined;
  const holds: unknown = door.type === 'reset' ? door.token : door.ticket;
  return typeof holds === 'string' ? door : undefined;
}

export function useKeptStep(step: Step, move: (move: Move) => void): void {
  useEffect(() => {
    const { door, ...state } = entry();
    const kept = isKept(step) ? { ...state, door: step } : state;
    const isNew = (step.type === 'code' || step.type === 'factor') && door === undefined;
    if (isNew) history.pushState(kept, '');
    else history.replaceState(kept, '');
  }, [step]);
  // Who is in, or has gone, left the door: what they hung on is of no use to who comes next.
  useEffect(
    () => () => {
      const { door, ...state } = entry();
      if (door !== undefined) history.replaceState(state, '');
    },
    [],
  );
  useEffect(() => {
    const back = (): void => {
      if (keptStep() !== undefined) return;
      if (step.type === 'code') move({ type: 'go', to: step.from });
      if (step.type === 'factor') move({ type: 'go', to: 'sign_in' });
    };
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, [step, move]);
}
