/** The bus of one process, with the faults of a network: messages are lost, late, doubled and out of order. */
import { type Bus, type BusMessage, localBus } from '../../packages/server/src/fanout/bus.ts';
import type { Random } from '../support/random.ts';

export interface Faults {
  readonly random: Random;
  /** Which messages suffer. */
  readonly of: (message: BusMessage) => boolean;
  /** Probabilities; a message is lost, or else each of the others may happen to it. */
  readonly lost: number;
  readonly doubled: number;
  /** Late by up to `lateMs`, so that it may be overtaken. */
  readonly late: number;
  readonly lateMs: number;
}

export interface ChaosBus extends Bus {
  /** Faults for everything about this conversation or person; null ends them. */
  setFaults(id: string, faults: Faults | null): void;
}

export function createChaosBus(): ChaosBus {
  const inner = localBus();
  const faultsOf = new Map<string, Faults>();

  const find = (subject: string, message: BusMessage): Faults | undefined => {
    const id = message.type === 'invalidate' ? message.conversationId : subject.split('.').at(-1);
    const faults = faultsOf.get(id ?? '');
    return faults?.of(message) ? faults : undefined;
  };

  const deliver = (subject: string, message: BusMessage, { random, late, lateMs }: Faults): void => {
    if (random.chance(late)) setTimeout(() => inner.publish(subject, message), random.next() * lateMs);
    else inner.publish(subject, message);
  };

  return {
    publish: (subject, message) => {
      const faults = find(subject, message);
      if (!faults) return inner.publish(subject, message);
      if (faults.random.chance(faults.lost)) return;
      deliver(subject, message, faults);
      if (faults.random.chance(faults.doubled)) deliver(subject, message, faults);
    },
    subscribe: inner.subscribe,
    flushed: inner.flushed,
    onGap: inner.onGap,
    lag: inner.lag,
    close: inner.close,
    setFaults: (id, faults) => {
      if (faults) faultsOf.set(id, faults);
      else faultsOf.delete(id);
    },
  };
}
