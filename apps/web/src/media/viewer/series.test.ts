import type { MessageFile, MessageRecord } from '@kith/protocol';
import { expect, it } from 'vitest';
import { seriesOf } from './series.ts';

const picture = (fileId: string, kind: MessageFile['kind'] = 'image'): MessageFile => ({
  fileId,
  kind,
  name: fileId,
  mime: 'image/png',
  size: 1,
});

const message = (id: string, ...files: MessageFile[]): MessageRecord => ({
  type: 'message',
  id,
  conversationId: 'c',
  seq: 1,
  rev: 1,
  authorId: 'a',
  createdAt: '2026-01-01T00:00:00.000Z',
  body: { type: 'content', content: { type: 'plain', text: '', attachment: { type: 'files', files } } },
});

const ids = (items: ReturnType<typeof seriesOf>) => items.map(({ file }) => file.fileId);

it('runs from the oldest to the newest, each message’s pictures in their order', () => {
  const own = message('m2', picture('b1'), picture('b2', 'video'));
  const listed = [message('m3', picture('c')), own, message('m1', picture('a'))];
  expect(ids(seriesOf(listed, own))).toEqual(['a', 'b1', 'b2', 'c']);
});

it('is the message alone until it is found among the others, and leaves out what is no picture', () => {
  const own = message('m2', picture('b1'), picture('doc', 'file'));
  expect(ids(seriesOf([message('m3', picture('c'))], own))).toEqual(['b1']);
});

it('takes the message as it is now, not as it was listed', () => {
  const own = message('m2', picture('b2'));
  expect(ids(seriesOf([message('m2', picture('b1'), picture('b2'))], own))).toEqual(['b2']);
});
