import type { Content, MessageBody } from '@kith/protocol';
import { describe, expect, it } from 'vitest';
import { excerptOf } from './excerpt.ts';

const said = (content: Content): MessageBody => ({ type: 'content', content });
const place = { type: 'location' as const, latitude: 1, longitude: 2, label: 'At the lake' };
const line = (body: MessageBody) => excerptOf(body, () => 'Ana').text;

describe('excerptOf', () => {
  it('is the text where there is one, else what the message carries', () => {
    expect(line(said({ type: 'plain', text: '**hi**' }))).toBe('hi');
    expect(line(said({ type: 'plain', text: '', attachment: place }))).toBe('At the lake');
    expect(line(said({ type: 'plain', text: 'come', attachment: place }))).toBe('come');
    expect(excerptOf(said({ type: 'plain', text: '', attachment: place }), () => '').icon).toBeDefined();
  });

  it('is never empty, whatever a newer server sends', () => {
    const unknown = { type: 'hologram' } as unknown as typeof place;
    expect(line(said({ type: 'plain', text: '', attachment: unknown }))).not.toBe('');
    expect(line(said({ type: 'encrypted', scheme: 's', bytes: '' }))).not.toBe('');
    expect(line({ type: 'deleted', at: '', by: '' })).not.toBe('');
  });
});
