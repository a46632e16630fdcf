import type { MessageRecord } from '@kith/protocol';
import { describe, expect, it } from 'vitest';
import '../i18n/english.ts';
import { announcement } from './Announcer.tsx';

const names: Readonly<Record<string, string>> = { a: 'Ana', b: 'Bo' };
const from = (authorId: string, text: string): MessageRecord =>
  ({ authorId, body: { type: 'content', content: { type: 'plain', text } } }) as unknown as MessageRecord;
const say = (...messages: MessageRecord[]) => announcement(messages, (id) => names[id]);

describe('what a screen reader hears of new messages', () => {
  it('is the words of a few', () => {
    expect(say(from('a', '**Hello**'), from('x', 'Hi'))).toBe('Ana: Hello\nSomeone: Hi');
  });
  it('is how many, and from whom, when they come in a flood', () => {
    const four = ['a', 'a', 'b', 'a'].map((id) => from(id, 'again'));
    expect(say(...four)).toBe('4 new messages from Ana and Bo');
  });
});
