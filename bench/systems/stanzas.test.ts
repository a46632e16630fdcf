import { describe, expect, it } from 'vitest';
import { stampedText } from '../frames.ts';
import { StanzaReader } from './stanzas.ts';

const message = (due: number, sender: number): string =>
  `<message to='a@x' type='chat' id='m1'><archived id='1'/><body>${stampedText(due, sender, 80)}</body></message>`;

function readInChunks(text: string, size: number): [number, number][] {
  const heard: [number, number][] = [];
  const reader = new StanzaReader((due, sender) => heard.push([due, sender]));
  for (let at = 0; at < text.length; at += size) reader.read(text.slice(at, at + size));
  return heard;
}

describe('StanzaReader', () => {
  it('finds each message once, however the stream is cut', () => {
    const text = `<presence/>${message(12.5, 3)}${message(13.25, 99_999)}<iq/>${message(0.001, 0)}`;
    for (let size = 1; size <= text.length; size += 1) {
      expect(readInChunks(text, size)).toEqual([
        [12.5, 3],
        [13.25, 99_999],
        [0.001, 0],
      ]);
    }
  });

  it('passes over what carries no stamp', () => {
    expect(readInChunks('<message><body>hello</body></message><body>kb', 7)).toEqual([]);
  });

  it('tells how many a chunk completed', () => {
    const reader = new StanzaReader(() => undefined);
    const text = message(1, 2);
    expect(reader.read(text + text.slice(0, 70))).toBe(1);
    expect(reader.read(text.slice(70))).toBe(1);
    expect(reader.read('<presence/>')).toBe(0);
  });
});
