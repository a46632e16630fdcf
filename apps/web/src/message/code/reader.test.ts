import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createReading, type Reader } from './reader.ts';
import type { Answer, Question } from './worker.ts';

/** Answers by hand. */
class FakeReader implements Reader {
  onmessage: Reader['onmessage'] = null;
  onerror: Reader['onerror'] = null;
  readonly asked: Question[] = [];
  ended = false;
  postMessage(question: Question): void {
    this.asked.push(question);
  }
  terminate(): void {
    this.ended = true;
  }
  tell(data: Answer | 'ready'): void {
    this.onmessage?.({ data } as MessageEvent<Answer | 'ready'>);
  }
  answer(...tokens: number[]): void {
    this.tell({ id: this.asked.at(-1)?.id ?? 0, tokens: Uint32Array.from(tokens) });
  }
}

const readers: FakeReader[] = [];
const start = () => {
  const reader = new FakeReader();
  readers.push(reader);
  return reader;
};
const last = (): FakeReader => {
  const reader = readers.at(-1);
  if (!reader) throw new Error('No worker was started.');
  return reader;
};

beforeEach(() => {
  readers.length = 0;
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

describe('reading code', () => {
  it('asks one at a time, and nothing twice', () => {
    const reading = createReading(start);
    const told: string[] = [];
    const read = (text: string) =>
      reading.read('js', text, (tokens) => told.push(`${text}:${tokens.join()}`));
    read('a');
    read('b');
    read('a');
    expect(last().asked).toEqual([]);
    last().tell('ready');
    last().answer(0, 1, 2);
    expect(told).toEqual(['a:0,1,2']);
    last().answer();
    expect(told).toEqual(['a:0,1,2', 'b:', 'a:0,1,2']);
    read('a');
    expect(told).toHaveLength(4);
    expect(last().asked.map(({ text }) => text)).toEqual(['a', 'b']);
    expect(readers).toHaveLength(1);
  });

  it('ends a worker that is kept busy, leaves that code plain for good, and reads on', () => {
    const reading = createReading(start);
    const told: string[] = [];
    const read = (text: string) =>
      reading.read('js', text, (tokens) => told.push(`${text}:${tokens.join()}`));
    read('bomb');
    read('b');
    const first = last();
    first.tell('ready');
    vi.advanceTimersByTime(1_000);
    expect(first.ended).toBe(true);
    expect(told).toEqual(['bomb:']);
    last().tell('ready');
    // A word of the old one that comes late is nobody's.
    first.answer(9, 9, 9);
    last().answer(0, 1, 0);
    expect(told).toEqual(['bomb:', 'b:0,1,0']);
    read('bomb');
    expect(readers).toHaveLength(2);
  });

  it('does not wait for ever for a worker that never comes, and not at all for one that cannot', () => {
    const reading = createReading(start);
    const done = vi.fn();
    reading.read('js', 'a', done);
    vi.advanceTimersByTime(20_000);
    expect(done).toHaveBeenCalledTimes(1);
    reading.read('js', 'b', done);
    last().onerror?.({} as ErrorEvent);
    expect(done).toHaveBeenCalledTimes(2);
  });

  it('drops what nobody waits for any more, and what is too much', () => {
    const reading = createReading(start);
    const done = vi.fn();
    reading.read('js', 'a', done);
    reading.read('js', 'gone', done)();
    for (let n = 0; n < 80; n++) reading.read('js', `n${n}`, done);
    last().tell('ready');
    while (last().asked.at(-1)) {
      const before = last().asked.length;
      last().answer();
      if (last().asked.length === before) break;
    }
    expect(done).toHaveBeenCalledTimes(51);
    expect(last().asked.some(({ text }) => text === 'gone')).toBe(false);
  });
});
