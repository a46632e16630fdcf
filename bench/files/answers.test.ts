import { describe, expect, it } from 'vitest';
import { AnswerReader } from './answers.ts';

const text =
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: a: b\r\n\r\nhello' +
  'HTTP/1.1 204 No Content\r\nUpload-Offset: 8\r\n\r\n' +
  'HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n' +
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n' +
  'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n0\r\n\r\n' +
  'HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone';

function read(parts: readonly Buffer[]) {
  const seen: unknown[] = [];
  let body = '';
  const reader = new AnswerReader({
    answer: ({ status, bytes, headers }) => {
      seen.push([status, bytes, body, headers.get('x') ?? headers.get('upload-offset')]);
      body = '';
    },
    body: (part) => {
      body += part.toString();
    },
  });
  for (const part of parts) reader.read(part);
  return seen;
}

const answers = [
  [200, 5, 'hello', 'a: b'],
  [204, 0, '', '8'],
  [201, 0, '', undefined],
  [200, 13, 'abc0123456789', undefined],
  [201, 0, '', 'y'],
  [404, 4, 'gone', undefined],
];

describe('answers', () => {
  it('are read however they are cut', () => {
    const bytes = Buffer.from(text);
    for (let size = 1; size <= bytes.length; size += 1) {
      const parts: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
      expect(read(parts)).toEqual(answers);
    }
  });

  it.each([
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'No length of a chunk'],
    ['HTTP/1.1 200 OK\r\n\r\n', 'does not say its length'],
    ['SSH-2.0\r\n\r\n', 'No answer of HTTP'],
    ['HTTP/1.1 200 OK\r\nx: '.padEnd(70_000, 'x'), 'without an end'],
  ])('without a known end are an error: %#', (answer, message) =>
    expect(() => read([Buffer.from(answer)])).toThrow(message),
  );
});
