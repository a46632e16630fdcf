/** The microphone as a recorder of voice: small files, an even loudness, and how loud it is right now. */
import { loudnessOf, toWaveform } from '../play/waveform.ts';
import { type Capture, capture } from './capture.ts';
import { closeDevices, DeviceError, openDevices } from './devices.ts';
import { voiceFormat } from './formats.ts';
import { type Clip, LONGEST_MS } from './recording.ts';

/** Of Opus, for one voice: nobody hears more. */
const BITS_PER_SECOND = 32_000;
const LEVEL_MS = 50;
const LEVELS_MAX = LONGEST_MS / LEVEL_MS + 1_000;
/** Samples of one look: some 20 ms. */
const WINDOW = 1024;

/** What records, as the rest of the room knows it. */
export interface Recorder {
  /** 0 … 1, how loud it has been, the newest last; grows while it records. */
  readonly levels: readonly number[];
  pause(): void;
  resume(): void;
  /** Ends it; the microphone is off when it resolves. */
  stop(): Promise<Clip>;
  cancel(): void;
}

export interface MicrophoneOptions {
  /** Given up: what comes after it is closed at once. */
  readonly signal: AbortSignal;
  /** It was taken away; what there is can still be had by `stop`. */
  readonly onLost: () => void;
}

/** Resolves when it records. Rejects with DeviceError. */
export async function openMicrophone({ signal, onLost }: MicrophoneOptions): Promise<Recorder> {
  const format = voiceFormat();
  if (format === undefined) throw new DeviceError('unsupported');
  const stream = await openDevices({
    audio: {
      channelCount: { ideal: 1 },
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
  });
  if (signal.aborted) {
    closeDevices(stream);
    throw new DeviceError('unknown');
  }
  const recording = await capture(stream, { format, audioBitsPerSecond: BITS_PER_SECOND, onLost });
  if (signal.aborted) {
    recording.cancel();
    throw new DeviceError('unknown');
  }
  const meter = listen(stream, recording);
  return {
    levels: meter.levels,
    pause: () => recording.pause(),
    resume: () => recording.resume(),
    async stop() {
      meter.stop();
      const captured = await recording.stop();
      return { ...captured, waveform: toWaveform(meter.levels) };
    },
    cancel() {
      meter.stop();
      recording.cancel();
    },
  };
}

/** Notes how loud it is, by the time that was recorded: a page in the background is woken once a second only. */
function listen(stream: MediaStream, recording: Capture) {
  const levels: number[] = [];
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = WINDOW;
  context.createMediaStreamSource(stream).connect(analyser);
  // Where the browser starts it asleep, all bars would be flat; the recording itself needs none of this.
  context.resume().catch((error: unknown) => console.warn('No level of the microphone:', error));
  const samples = new Float32Array(WINDOW);
  const timer = setInterval(() => {
    const due = Math.min(LEVELS_MAX, Math.floor(recording.elapsed() / LEVEL_MS));
    if (due <= levels.length) return;
    analyser.getFloatTimeDomainData(samples);
    const level = loudnessOf(samples);
    while (levels.length < due) levels.push(level);
  }, LEVEL_MS);
  return {
    levels,
    stop() {
      clearInterval(timer);
      // A context that is closed already, by the browser, needs no closing.
      context.close().catch(() => undefined);
    },
  };
}
