/** In what a browser records: the first of ours that it can write. Every one of them can be read by the server and by most players. */

/** Opus wherever it is to be had; Safari before 18.4 writes AAC. */
const VOICE = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4'];
/** VP8 is the cheapest to write while it happens. */
const ROUND = [
  'video/webm;codecs=vp8,opus',
  'video/mp4;codecs=avc1.42E01E,mp4a.40.2',
  'video/mp4',
  'video/webm',
];

const ENDINGS: Readonly<Record<string, string>> = {
  'audio/webm': 'webm',
  'audio/ogg': 'ogg',
  'audio/mp4': 'm4a',
  'video/webm': 'webm',
  'video/mp4': 'mp4',
};

type CanWrite = (type: string) => boolean;

const here: CanWrite = (type) => typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported(type);

/** Undefined: this browser records nothing that others could play. */
export const voiceFormat = (can: CanWrite = here): string | undefined => VOICE.find(can);
export const roundFormat = (can: CanWrite = here): string | undefined => ROUND.find(can);

/** "audio/webm;codecs=opus" → "audio/webm". */
export const plainType = (type: string): string => type.split(';')[0]?.trim().toLowerCase() ?? '';

const two = (value: number): string => String(value).padStart(2, '0');

/** "voice-2026-11-23-14-05-09.webm", by the clock here: in a folder of downloads they stand in order. */
export function recordingName(what: 'voice' | 'video', type: string, now = new Date()): string {
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(two).join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('-');
  return `${what}-${day}-${time}.${ENDINGS[plainType(type)] ?? 'bin'}`;
}
