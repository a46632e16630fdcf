/**
 * Each kind of attachment in one line with an icon, as list rows, quotes and announcements show it. Small, and always
 * loaded; how a kind is drawn in full stands in views.tsx. A kind without a line here does not compile.
 */
import type { Attachment, MessageFile } from '@kith/protocol';
import {
  ChartBarBig,
  File,
  Image,
  ImagePlay,
  type LucideIcon,
  MapPin,
  Mic,
  Music,
  Sticker,
  UserRound,
  Video,
} from 'lucide-react';
import { t } from '../i18n/index.ts';
import { isPicture } from '../media/files/kind.ts';
import { clockText } from '../media/files/words.ts';

interface Kind<A extends Attachment> {
  readonly icon: (attachment: A) => LucideIcon;
  readonly line: (attachment: A) => string;
}

const kinds: { readonly [T in Attachment['type']]: Kind<Extract<Attachment, { type: T }>> } = {
  poll: { icon: () => ChartBarBig, line: ({ question }) => question },
  location: { icon: () => MapPin, line: ({ label }) => label ?? t('attachment.location') },
  sticker: { icon: () => Sticker, line: ({ emoji }) => `${emoji} ${t('attachment.sticker')}` },
  gif: { icon: () => ImagePlay, line: () => t('attachment.gif') },
  contact: { icon: () => UserRound, line: ({ name }) => name },
  files: {
    icon: ({ files }) => fileIcons[kindOfAll(files)],
    line: ({ files }) => fileLines[kindOfAll(files)](files),
  },
};

/** What files are together: all of one kind, or the most that can be said of them. */
type Together = MessageFile['kind'] | 'gif' | 'media';

function kindOfAll(files: readonly MessageFile[]): Together {
  const [first] = files;
  if (files.length === 1 && first?.animated) return 'gif';
  if (first && files.every(({ kind }) => kind === first.kind)) return first.kind;
  return files.every(({ kind }) => kind === 'image' || kind === 'video') ? 'media' : 'file';
}

const fileIcons: Readonly<Record<Together, LucideIcon>> = {
  image: Image,
  gif: ImagePlay,
  video: Video,
  media: Image,
  round: Video,
  voice: Mic,
  audio: Music,
  file: File,
};

const named = (files: readonly MessageFile[]): string =>
  files.length === 1 ? (files[0]?.name ?? '') : t('attachment.files', { count: files.length });

const fileLines: Readonly<Record<Together, (files: readonly MessageFile[]) => string>> = {
  image: (files) => t('attachment.photos', { count: files.length }),
  gif: () => t('attachment.gif'),
  video: (files) => t('attachment.videos', { count: files.length }),
  media: (files) => t('attachment.media', { count: files.length }),
  round: () => t('attachment.round'),
  voice: (files) =>
    t('attachment.voice', { time: clockText(files.reduce((sum, { duration = 0 }) => sum + duration, 0)) }),
  audio: named,
  file: named,
};

/** Drawn without a bubble around it, when no text stands with it. */
export const isBare = (attachment: Attachment): boolean =>
  attachment.type === 'sticker' ||
  attachment.type === 'gif' ||
  (attachment.type === 'files' && attachment.files.every(({ kind }) => kind === 'round'));

/** Pictures in it reach the edges of its bubble. */
export const hasAlbum = (attachment: Attachment): boolean =>
  attachment.type === 'files' && attachment.files.some(isPicture);

/** Undefined for a kind that a newer server knows and this app does not. */
const kindOf = ({ type }: Attachment): Kind<Attachment> | undefined =>
  kinds[type] as Kind<Attachment> | undefined;

export const attachmentIcon = (attachment: Attachment): LucideIcon | undefined =>
  kindOf(attachment)?.icon(attachment);

/** What it is, in one line. */
export const attachmentLine = (attachment: Attachment): string =>
  kindOf(attachment)?.line(attachment) ?? t('attachment.unknown');
