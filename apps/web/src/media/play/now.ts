/** What is played now, where in it, and whether its message is on screen: for all who show it, also before the player is loaded. */
import { cell } from '../../app/cell.ts';
import { type Playing, SILENT } from './playing.ts';

export const playing = cell<Playing>(SILENT);
/** ms into it. Changes ten times a second. */
export const position = cell(0);
/** The key of a sound whose message can be seen: there is no need of a second player for it. */
export const onScreen = cell<string | null>(null);
