/** What the skin tones are called, as drawn first, then light to dark. */
export const TONES = [
  'emoji.tone.0',
  'emoji.tone.1',
  'emoji.tone.2',
  'emoji.tone.3',
  'emoji.tone.4',
  'emoji.tone.5',
] as const;
