import type { MessageFile } from '@kith/protocol';
import { expect, it } from 'vitest';
import '../i18n/english.ts';
import { attachmentLine, hasAlbum, isBare } from './kinds.ts';

let count = 0;
const file = (kind: MessageFile['kind'], more: Partial<MessageFile> = {}): MessageFile => {
  count += 1;
  return { fileId: `f${count}`, kind, name: `${kind}.bin`, mime: 'a/b', size: 1, ...more };
};
const files = (...all: MessageFile[]) => ({ type: 'files' as const, files: all });
const line = (...all: MessageFile[]) => attachmentLine(files(...all));

it('says what files are in one line', () => {
  expect(line(file('image'))).toBe('Photo');
  expect(line(file('image'), file('image'), file('image'))).toBe('3 photos');
  expect(line(file('image', { animated: true }))).toBe('GIF');
  expect(line(file('video'))).toBe('Video');
  expect(line(file('video'), file('image'))).toBe('2 photos and videos');
  expect(line(file('voice', { duration: 12_000 }))).toBe('Voice message 0:12');
  expect(line(file('round'))).toBe('Video message');
  expect(line(file('file', { name: 'report.pdf' }))).toBe('report.pdf');
  expect(line(file('audio', { name: 'song.mp3' }))).toBe('song.mp3');
  expect(line(file('file'), file('image'))).toBe('2 files');
});

it('knows what needs no bubble, and what fills it to its edges', () => {
  const measured = { width: 4, height: 3 };
  expect(isBare(files(file('round')))).toBe(true);
  expect(isBare(files(file('round'), file('file')))).toBe(false);
  expect(hasAlbum(files(file('file'), file('image', measured)))).toBe(true);
  // Its room is not known: it is a row with a name.
  expect(hasAlbum(files(file('video')))).toBe(false);
});
