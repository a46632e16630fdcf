/** The systems that are measured, in the order of a round. */
import { ejabberd, ejabberdMnesia } from './ejabberd.ts';
import { kith, kithEmbedded, kithTwoNodes } from './kith.ts';
import { prosody, prosodyFiles } from './prosody.ts';
import { socketio } from './socketio.ts';
import type { System } from './system.ts';

export const systems: readonly System[] = [
  kith,
  kithEmbedded,
  kithTwoNodes,
  ejabberd,
  ejabberdMnesia,
  prosody,
  prosodyFiles,
  socketio,
];
