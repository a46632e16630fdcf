/** What can be put into a conversation besides words: the menu of the composer. A new one is a row here. */
import type { Attachment } from '@kith/protocol';
import { ChartBarBig, type LucideIcon, MapPin, UserRound } from 'lucide-react';
import { type ComponentType, lazy } from 'react';
import type { Key } from '../i18n/index.ts';

export interface AttachDialogProps {
  readonly conversationId: string;
  /** Sends it and closes. */
  readonly onSend: (attachment: Attachment) => void;
  readonly onClose: () => void;
}

export interface AttachEntry {
  readonly id: string;
  readonly label: Key;
  readonly icon: LucideIcon;
  /** Loaded when it is first chosen. */
  readonly Dialog: ComponentType<AttachDialogProps>;
}

export const attachEntries: readonly AttachEntry[] = [
  {
    id: 'poll',
    label: 'attachment.poll',
    icon: ChartBarBig,
    Dialog: lazy(() => import('./poll/PollDialog.tsx')),
  },
  {
    id: 'location',
    label: 'attachment.location',
    icon: MapPin,
    Dialog: lazy(() => import('./LocationDialog.tsx')),
  },
  {
    id: 'contact',
    label: 'attachment.contact',
    icon: UserRound,
    Dialog: lazy(() => import('./ContactDialog.tsx')),
  },
];
