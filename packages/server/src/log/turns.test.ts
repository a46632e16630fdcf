import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

const gate = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
};

describe('turns', () => {
  it('one key in order, whatever fails; another key meanwhile', async () => {
    const inTurn = createTurns(10);
    const { opened, open } = gate();
    const done: string[] = [];
    const first = inTurn('a', async () => {
      await opened;
      throw new Error('first');
    });
    const second = inTurn('a', async () => void done.push('second'));
    const third = inTurn('a', async () => void done.push('third'));
    await inTurn('b', async () => void done.push('other'));
    expect(done).toEqual(['other']);
    open();
    await expect(first).rejects.toThrow('first');
    await Promise.all([second, third]);
    expect(done).toEqual(['other', 'second', 'third']);
  });

  it('a line too long is refused, and ends', async () => {
    const inTurn = createTurns(1);
    const { opened, open } = gate();
    const first = inTurn('a', () => opened);
    await expect(inTurn('a', async () => undefined)).rejects.toMatchObject({ code: 'unavailable' });
    open();
    await first;
    await expect(inTurn('a', async () => 'in')).resolves.toBe('in');
  });
});
