/** What can be put into a conversation besides words: the menu of the composer. A new one is a row here. */
import type { OutgoingFile } from '@kith/client';
import type { Attachment } from '@kith/protocol';
import {
  Camera,
  ChartBarBig,
  File,
  ImageIcon,
  type LucideIcon,
  MapPin,
  UserRound,
  Video,
} from 'lucide-react';
import { type ComponentType, lazy } from 'react';
import type { Key } from '../i18n/index.ts';

export interface AttachDialogProps {
  readonly conversationId: string;
  /** Sends it and closes. */
  readonly onSend: (attachment: Attachment) => void;
  /** The same with what was recorded in it. */
  readonly onRecord: (file: OutgoingFile) => void;
  readonly onClose: () => void;
}

export interface AttachEntry {
  readonly id: string;
  readonly label: Key;
  readonly icon: LucideIcon;
  /** Loaded when it is first chosen. */
  readonly Dialog: ComponentType<AttachDialogProps>;
  /** What it makes is a file. */
  readonly films?: true;
}

export const attachEntries: readonly AttachEntry[] = [
  {
    id: 'round',
    label: 'round.title',
    icon: Video,
    Dialog: lazy(() => import('../media/record/RoundDialog.tsx')),
    films: true,
  },
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

/** What is chosen from this device. */
export interface FileEntry {
  readonly id: string;
  readonly label: Key;
  readonly icon: LucideIcon;
  /** Absent: anything. */
  readonly accept?: string;
  /** Opens the camera; where there is a mouse there seldom is one worth it. */
  readonly camera?: true;
}

export const fileEntries: readonly FileEntry[] = [
  { id: 'photo', label: 'attach.photo', icon: ImageIcon, accept: 'image/*,video/*' },
  { id: 'camera', label: 'attach.camera', icon: Camera, accept: 'image/*', camera: true },
  { id: 'file', label: 'attach.file', icon: File },
];
