/** A link that is to be made: asked for from anywhere, drawn by the shell. */
import { cell } from '../app/cell.ts';

export interface Inviting {
  /** Where it leads; null: to the place as a whole. */
  readonly conversationId: string | null;
}

const inviting = cell<Inviting | null>(null);

export const openInvite = (next: Inviting): void => inviting.set(next);
export const closeInvite = (): void => inviting.set(null);
export const useInviting = inviting.use;

const made = cell(0);
/** One was made: lists of them ask anew. */
export const inviteMade = (): void => made.set(made.get() + 1);
export const useInvitesMade = made.use;
