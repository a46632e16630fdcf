/**
 * Each kind of attachment in one line with an icon, as list rows, quotes and announcements show it. Small, and always
 * loaded; how a kind is drawn in full stands in views.tsx. A kind without a line here does not compile.
 */
import type { Attachment } from '@kith/protocol';
import { ChartBarBig, ImagePlay, type LucideIcon, MapPin, Sticker, UserRound } from 'lucide-react';
import { t } from '../i18n/index.ts';

interface Kind<A extends Attachment> {
  readonly icon: LucideIcon;
  readonly line: (attachment: A) => string;
}

const kinds: { readonly [T in Attachment['type']]: Kind<Extract<Attachment, { type: T }>> } = {
  poll: { icon: ChartBarBig, line: ({ question }) => question },
  location: { icon: MapPin, line: ({ label }) => label ?? t('attachment.location') },
  sticker: { icon: Sticker, line: ({ emoji }) => `${emoji} ${t('attachment.sticker')}` },
  gif: { icon: ImagePlay, line: () => t('attachment.gif') },
  contact: { icon: UserRound, line: ({ name }) => name },
};

/** Drawn without a bubble around it, when no text stands with it. */
export const isBare = ({ type }: Attachment): boolean => type === 'sticker' || type === 'gif';

/** Undefined for a kind that a newer server knows and this app does not. */
const kindOf = ({ type }: Attachment): Kind<Attachment> | undefined =>
  kinds[type] as Kind<Attachment> | undefined;

export const attachmentIcon = (attachment: Attachment): LucideIcon | undefined => kindOf(attachment)?.icon;

/** What it is, in one line. */
export const attachmentLine = (attachment: Attachment): string =>
  kindOf(attachment)?.line(attachment) ?? t('attachment.unknown');
