/**
 * The one player of the app: voice messages, music, and recordings that are not sent yet. It plays on wherever one goes, and
 * goes on with the next voice message. What is played, and how far it is, are two cells: the second changes ten times a second.
 */
import { cell } from '../../app/cell.ts';
import { leaveFloor, takeFloor } from './floor.ts';
import { rememberHeard } from './heard.ts';
import { showMediaSession } from './mediaSession.ts';
import { playing, position } from './now.ts';
import { type PlayingEvent, type Sound, soundOf, step } from './playing.ts';
import { startAddress } from './source.ts';

const TICK_MS = 100;
/** So long the next one is looked for. */
const NEXT_MS = 8_000;
const STEP_MS = 10_000;

export const speeds = [1, 1.5, 2] as const;
export type Speed = (typeof speeds)[number];
const SPEED = 'kith.speed';

/** Undefined: as it was chosen the last time. */
const chosen = cell<Speed | undefined>(undefined);

let element: HTMLAudioElement | undefined;
/** What the element has; it may be behind the state. */
let loaded: string | undefined;
let stopAsking: (() => void) | undefined;
let ticking: ReturnType<typeof setInterval> | undefined;

function rememberedSpeed(): Speed {
  try {
    return speeds.find((speed) => String(speed) === localStorage.getItem(SPEED)) ?? 1;
  } catch {
    // Storage is blocked: the usual speed.
    return 1;
  }
}

export const getSpeed = (): Speed => chosen.get() ?? rememberedSpeed();
export function useSpeed(): Speed {
  chosen.use();
  return getSpeed();
}

/** The next of 1, 1.5, 2. */
export function changeSpeed(): void {
  const next = speeds[(speeds.indexOf(getSpeed()) + 1) % speeds.length] ?? 1;
  chosen.set(next);
  try {
    localStorage.setItem(SPEED, String(next));
  } catch {
    // Full or blocked: it holds as long as the page.
  }
  if (element) setRate(element);
  tellSystem();
}

/** Music is not hurried. */
function setRate(audio: HTMLAudioElement): void {
  const sound = soundOf(playing.get());
  const rate = sound?.type === 'message' && sound.kind === 'audio' ? 1 : getSpeed();
  // A new source would begin at the default.
  audio.defaultPlaybackRate = rate;
  audio.playbackRate = rate;
}

/** From `at` ms; what was played before stops. */
export function play(sound: Sound, at = 0): void {
  position.set(at);
  handle({ type: 'play', sound });
  takeFloor(pause);
  load(sound);
}

export function pause(): void {
  handle({ type: 'pause' });
  element?.pause();
}

export function resume(): void {
  handle({ type: 'resume' });
  const sound = soundOf(playing.get());
  if (playing.get().type !== 'starting' || !sound) return;
  takeFloor(pause);
  if (loaded === sound.key) start(sound.key);
  else load(sound);
}

export function close(): void {
  handle({ type: 'close' });
}

/** Plays it, from where it was; or pauses it. */
export function toggle(sound: Sound): void {
  const now = playing.get();
  if (soundOf(now)?.key !== sound.key) play(sound);
  else if (now.type === 'paused') resume();
  else if (now.type === 'starting' || now.type === 'playing') pause();
  else play(sound);
}

/** To `at` ms of a sound, which begins to play unless it is paused. */
export function seek(sound: Sound, at: number): void {
  const to = Math.min(Math.max(0, at), sound.duration);
  const now = playing.get();
  const here = soundOf(now)?.key === sound.key && now.type !== 'broken' && now.type !== 'between';
  if (!here) {
    play(sound, to);
    return;
  }
  position.set(to);
  if (element && loaded === sound.key) element.currentTime = to / 1_000;
  tellSystem();
}

function handle(event: PlayingEvent): void {
  const before = playing.get();
  const after = step(before, event);
  if (after === before) return;
  playing.set(after);
  if (event.type === 'began' && after.type === 'playing' && after.sound.type === 'message')
    rememberHeard(after.sound.messageId);
  if (after.type === 'between' && after.sound.type === 'message') void goOn(after.sound);
}

/** Everything that stops the sound comes through here: also that the person signs out (cell.ts). */
playing.subscribe(() => {
  const now = playing.get();
  clearInterval(ticking);
  if (now.type === 'playing') ticking = setInterval(tick, TICK_MS);
  if (now.type === 'silent' || now.type === 'between' || now.type === 'broken') unload();
  if (now.type === 'silent' || now.type === 'broken') leaveFloor(pause);
  if (now.type === 'silent') position.set(0);
  tellSystem();
});

const tellSystem = (): void =>
  showMediaSession(playing.get(), position.get(), element?.playbackRate ?? 1, {
    resume,
    pause,
    close,
    step: (by) => seekHere(position.get() + by * STEP_MS),
    seek: seekHere,
  });

function tick(): void {
  if (element && loaded !== undefined) position.set(element.currentTime * 1_000);
}

function seekHere(at: number): void {
  const sound = soundOf(playing.get());
  if (sound) seek(sound, at);
}

function unload(): void {
  stopAsking?.();
  stopAsking = undefined;
  loaded = undefined;
  if (!element) return;
  element.pause();
  if (!element.hasAttribute('src')) return;
  element.removeAttribute('src');
  // Lets go of the connection it was read from.
  element.load();
}

function load(sound: Sound): void {
  unload();
  const audio = audioElement();
  stopAsking = startAddress(sound.source, (address) => {
    stopAsking = undefined;
    if (address === undefined) {
      handle({ type: 'broke', key: sound.key });
      return;
    }
    loaded = sound.key;
    audio.src = address;
    setRate(audio);
    if (position.get() > 0) audio.currentTime = position.get() / 1_000;
    start(sound.key);
  });
}

function start(key: string): void {
  const audio = audioElement();
  audio.play().catch((error: unknown) => {
    const name = error instanceof Error ? error.name : '';
    // Paused or replaced before it began: whoever did so has said it.
    if (name === 'AbortError') return;
    // The browser wants another press, after waiting for an address say.
    if (name === 'NotAllowedError') handle({ type: 'halted', key });
    else handle({ type: 'broke', key });
  });
}

function audioElement(): HTMLAudioElement {
  if (element) return element;
  const audio = new Audio();
  audio.preload = 'auto';
  const tell = (type: 'began' | 'waits' | 'halted' | 'ended' | 'broke') => (): void => {
    if (loaded !== undefined) handle({ type, key: loaded });
  };
  audio.addEventListener('playing', tell('began'));
  audio.addEventListener('waiting', tell('waits'));
  audio.addEventListener('ended', tell('ended'));
  audio.addEventListener('error', tell('broke'));
  // By the system: headphones taken out, a telephone call. At the end it pauses too, which is no reason to halt.
  audio.addEventListener('pause', () => {
    if (audio.paused && !audio.ended) tell('halted')();
  });
  element = audio;
  return audio;
}

async function goOn(sound: Extract<Sound, { type: 'message' }>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, NEXT_MS, undefined);
  });
  const next = await Promise.race([sound.next?.(), late]).catch((error: unknown) => {
    console.warn('The next voice message is not known:', error);
    return undefined;
  });
  clearTimeout(timer);
  const now = playing.get();
  // Somebody pressed something else meanwhile.
  if (now.type !== 'between' || now.sound !== sound) return;
  if (next) play(next);
  else close();
}
