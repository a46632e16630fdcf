/** Only one thing in the app is heard at a time: whoever begins to sound takes the floor, and whoever had it falls silent. */

let silence: (() => void) | undefined;

/** `quiet` is called when somebody else begins. */
export function takeFloor(quiet: () => void): void {
  if (silence === quiet) return;
  silence?.();
  silence = quiet;
}

/** When it has ended by itself. */
export function leaveFloor(quiet: () => void): void {
  if (silence === quiet) silence = undefined;
}

/** Whatever sounds, voice, music or a round video, pauses: for a video that is opened, a recording, a call. */
export function pausePlayer(): void {
  silence?.();
  silence = undefined;
}
