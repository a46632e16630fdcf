import { FileName } from '@kith/protocol/files';
import { expect, it } from 'vitest';
import { DeviceError, troubleOf } from './devices.ts';
import { plainType, recordingName, roundFormat, voiceFormat } from './formats.ts';

it('records in what the browser can write: Opus first, AAC for Safari', () => {
  expect(voiceFormat(() => true)).toBe('audio/webm;codecs=opus');
  expect(voiceFormat((type) => type.startsWith('audio/ogg'))).toBe('audio/ogg;codecs=opus');
  expect(voiceFormat((type) => type.includes('mp4'))).toBe('audio/mp4;codecs=mp4a.40.2');
  expect(roundFormat((type) => type === 'video/mp4')).toBe('video/mp4');
  expect(voiceFormat(() => false)).toBeUndefined();
  // Where there is no MediaRecorder at all, as here.
  expect([voiceFormat(), roundFormat()]).toEqual([undefined, undefined]);
});

it('names a recording by its day, with the ending of what it is', () => {
  const at = new Date(2026, 10, 3, 4, 5, 6);
  expect(recordingName('voice', 'audio/webm;codecs=opus', at)).toBe('voice-2026-11-03-04-05-06.webm');
  expect(recordingName('voice', 'audio/mp4', at)).toBe('voice-2026-11-03-04-05-06.m4a');
  expect(recordingName('video', 'video/mp4', at)).toBe('video-2026-11-03-04-05-06.mp4');
  expect(FileName.parse(recordingName('voice', 'audio/unheard-of'))).toMatch(/\.bin$/);
  expect(plainType('Audio/WebM; codecs="opus"')).toBe('audio/webm');
});

it('knows why there is no microphone', () => {
  const named = (name: string) => troubleOf(Object.assign(new Error('no'), { name }));
  expect(
    ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'SecurityError', 'Whatever'].map(named),
  ).toEqual(['denied', 'absent', 'busy', 'insecure', 'unknown']);
  expect(troubleOf(new DeviceError('unsupported'))).toBe('unsupported');
  expect(troubleOf('thrown')).toBe('unknown');
});
