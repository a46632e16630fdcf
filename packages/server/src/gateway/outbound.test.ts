import type { Writable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import * as ws from 'ws';
import { Flusher } from './flusher.ts';
import { Outbound, type Wire } from './outbound.ts';
import { encodeMessage, packetOf } from './packet.ts';

/** What a client reads with; `ws` exports it, its types do not. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

const textsIn = (written: readonly Buffer[]): string[] => {
  const texts: string[] = [];
  const receiver = new Receiver({ isServer: false, allowSynchronousEvents: true });
  receiver.on('message', (data: Buffer) => texts.push(data.toString()));
  for (const bytes of written) receiver.write(bytes);
  return texts;
};

/** A socket that takes everything, or nothing. */
function fakeWire() {
  const written: Buffer[] = [];
  let waiting = 0;
  let takes = true;
  let drained = (): void => undefined;
  const wire: Wire = {
    get writableLength() {
      return waiting;
    },
    writable: true,
    write: (bytes) => {
      written.push(bytes);
      if (!takes) waiting += bytes.length;
      return takes;
    },
    cork: () => undefined,
    uncork: () => undefined,
    on: (_event, listener) => {
      drained = listener;
    },
  };
  return {
    wire,
    /** The text of every message written, as a WebSocket client reads it. */
    messages: (): string[] => textsIn(written),
    stall: () => {
      takes = false;
    },
    drain: () => {
      takes = true;
      waiting = 0;
      drained();
    },
  };
}

const setup = (maxBytes = 1_000_000) => {
  const socket = fakeWire();
  const onOverflow = vi.fn();
  const outbound = new Outbound({ wire: socket.wire, flusher: new Flusher(), maxBytes, onOverflow });
  return { ...socket, outbound, onOverflow };
};
const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('outbound queue', () => {
  test('frames of one tick share one message, in order', async () => {
    const { outbound, messages } = setup();
    outbound.open('welcome');
    outbound.push('a');
    outbound.push('b');
    expect(messages()).toEqual([]);
    await tick();
    expect(messages()).toEqual(['welcome\na\nb']);
  });

  test('what is collected before the welcome follows it', async () => {
    const { outbound, messages } = setup();
    outbound.push('early');
    await tick();
    expect(messages()).toEqual([]);
    outbound.open('welcome');
    await tick();
    expect(messages()).toEqual(['welcome\nearly']);
  });

  test('who is refused before the welcome learns the reason and nothing else', () => {
    const { outbound, messages } = setup();
    outbound.push('early');
    outbound.close('goodbye');
    outbound.push('late');
    expect(messages()).toEqual(['goodbye']);
  });

  test('shared packets keep their place among own frames and are not copied', async () => {
    const one = setup();
    const packet = packetOf(['x', 'y']);
    one.outbound.open('w');
    one.outbound.pushPacket(packet);
    one.outbound.push('a');
    one.outbound.push('b');
    one.outbound.pushPacket(packet);
    await tick();
    expect(one.messages()).toEqual(['w', 'x\ny', 'a\nb', 'x\ny']);
  });

  test('S12: what waits is bounded, the kernel’s share included', async () => {
    const { outbound, onOverflow, stall, messages } = setup(200_000);
    outbound.open('w');
    await tick();
    stall();
    const frame = 'x'.repeat(10_000);
    let pushed = 0;
    while (onOverflow.mock.calls.length === 0) {
      outbound.push(frame);
      pushed += 1;
      await new Promise(setImmediate);
    }
    expect(pushed).toBeLessThanOrEqual(21);
    outbound.close('goodbye');
    expect(messages().at(-1)).toBe('goodbye');
    expect(outbound.waitingBytes).toBeLessThanOrEqual(200_000);
  });

  test('S12: one long answer makes nobody a slow reader; what follows while it waits does', async () => {
    const { outbound, onOverflow, stall, messages } = setup(200_000);
    outbound.open('w');
    await tick();
    const answer = 'x'.repeat(300_000);
    outbound.push(answer);
    await tick();
    expect(messages().at(-1)).toBe(answer);
    stall();
    outbound.push(answer);
    expect(onOverflow).not.toHaveBeenCalled();
    outbound.push('more');
    expect(onOverflow).toHaveBeenCalledOnce();
  });

  test('a stalled reader goes on where it stopped', async () => {
    const { outbound, stall, drain, messages } = setup();
    outbound.open('w');
    await tick();
    stall();
    outbound.push('x'.repeat(70_000));
    await tick();
    outbound.push('later');
    await tick();
    expect(messages()).toHaveLength(2);
    drain();
    await tick();
    expect(messages().at(-1)).toBe('later');
  });

  test('S10: ephemeral frames are dropped first, those that wait as well as those that come', async () => {
    const { outbound, stall, drain, messages } = setup(400_000);
    outbound.open('w');
    await tick();
    stall();
    outbound.push('x'.repeat(70_000));
    await tick();
    outbound.pushPacket(packetOf(['typing 1'], true));
    outbound.push('y'.repeat(40_000));
    outbound.pushPacket(packetOf(['typing 2'], true));
    outbound.push('last');
    drain();
    await tick();
    expect(messages().join('\n')).not.toContain('typing');
    expect(messages().at(-1)).toMatch(/^y+\nlast$/);
    outbound.pushPacket(packetOf(['typing 3'], true));
    await tick();
    expect(messages().at(-1)).toBe('typing 3');
  });

  test.each([1, 125, 126, 65_535, 65_536, 200_000])(
    'a message of %i bytes has the right header',
    (length) => {
      const texts = textsIn([encodeMessage(['a'.repeat(length)])]);
      expect(texts.map((text) => text.length)).toEqual([length]);
    },
  );

  test.each([10, 200, 70_000])(
    'what is encoded already goes out in its place, as one message (%i)',
    async (length) => {
      const { outbound, messages } = setup();
      outbound.open('welcome');
      await tick();
      outbound.push('before');
      outbound.pushEncoded([Buffer.from('{"a":"'), Buffer.from('ü'.repeat(length)), Buffer.from('"}')]);
      outbound.pushPacket(packetOf(['after']));
      await tick();
      expect(messages()).toEqual(['welcome', 'before', `{"a":"${'ü'.repeat(length)}"}`, 'after']);
    },
  );
});
