/** Kaki: the stickers of the house, part of the app. Messages name them; a name, once sent, stays. */
import { type Key, t } from '../i18n/index.ts';

const files = import.meta.glob<string>('./kaki/*.svg', {
  query: '?url&no-inline',
  import: 'default',
  eager: true,
});

/** In the order of the picker, with the emoji each stands for. */
const EMOJI = {
  hello: '👋',
  thanks: '🙏',
  laugh: '😂',
  love: '😍',
  hug: '🤗',
  yes: '👍',
  no: '🙅',
  party: '🥳',
  wow: '😮',
  think: '🤔',
  facepalm: '🤦',
  sorry: '😥',
  cry: '😭',
  angry: '😠',
  coffee: '☕',
  lunch: '🍜',
  cake: '🍰',
  work: '💻',
  ship: '🚀',
  sun: '😎',
  rain: '🌧️',
  peek: '👀',
  sleep: '😴',
  goodnight: '🌙',
} as const;

export type KakiName = keyof typeof EMOJI;

export const KAKI_SIDE = 160;

export interface KakiSticker {
  readonly name: KakiName;
  readonly emoji: string;
  readonly url: string;
}

export const kaki: readonly KakiSticker[] = (Object.keys(EMOJI) as KakiName[]).map((name) => ({
  name,
  emoji: EMOJI[name],
  url: files[`./kaki/${name}.svg`] ?? '',
}));

const byName: ReadonlyMap<string, KakiSticker> = new Map(kaki.map((one) => [one.name, one]));

/** Undefined for one of a newer version of the app. */
export const kakiSticker = (name: string): KakiSticker | undefined => byName.get(name);

/** What it shows, in the person's language. */
export const kakiText = (name: KakiName): string => t(`sticker.kaki.${name}` satisfies Key);
