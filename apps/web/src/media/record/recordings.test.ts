import type { OutgoingFile } from '@kith/client';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetCells } from '../../app/cell.ts';
import { speak } from '../../i18n/index.ts';
import { close, toasts } from '../../ui/toast.ts';
import { takeFloor } from '../play/floor.ts';
import type { MicrophoneOptions, Recorder } from './microphone.ts';
import type { Clip } from './recording.ts';

/** The one part that Node has not: each opening is answered by the test. */
const microphones: {
  options: MicrophoneOptions;
  answer: (recorder: Recorder) => void;
  refuse: (error: Error) => void;
}[] = [];
vi.mock('./microphone.ts', () => ({
  openMicrophone: (options: MicrophoneOptions) =>
    new Promise<Recorder>((answer, refuse) => {
      microphones.push({ options, answer, refuse });
    }),
}));

const listening = new Map<string, EventListener>();
vi.stubGlobal('addEventListener', (type: string, listener: EventListener) => listening.set(type, listener));
vi.stubGlobal('removeEventListener', (type: string) => listening.delete(type));

const { attend, cancel, letGo, press, recordingAt, send, stop } = await import('./recordings.ts');
const { DeviceError } = await import('./devices.ts');

const clipOf = (duration: number): Clip => ({
  data: new Blob(['sound']),
  mime: 'audio/webm',
  duration,
  waveform: 'AAAA',
});

/** What the next microphone is, and what became of it. */
async function speakInto(duration = 9_000) {
  await vi.waitFor(() => expect(microphones.length).toBe(1));
  const recorder = {
    levels: [],
    pause: vi.fn(),
    resume: vi.fn(),
    stop: vi.fn(async () => clipOf(duration)),
    cancel: vi.fn(),
  };
  microphones.shift()?.answer(recorder);
  await vi.waitFor(() => expect(recorder.cancel.mock.calls.length + Number(anyOn())).toBeGreaterThan(0));
  return recorder;
}
const anyOn = (): boolean => ['a', 'b'].some((place) => recordingAt(place).type === 'recording');

let at = 1_000;
const later = (ms: number): void => {
  at += ms;
};
let files: OutgoingFile[] = [];
let detach: (() => void)[] = [];

beforeAll(() => speak('en'));
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => at);
  files = [];
  detach = ['a', 'b'].map((place) =>
    attend(place, (file) => {
      files.push(file);
      return true;
    }),
  );
});
afterEach(() => {
  for (const stopAttending of detach) stopAttending();
  forgetCells();
  microphones.length = 0;
  const toast = toasts.get();
  if (toast) close(toast.id);
  vi.restoreAllMocks();
});

describe('recordings', () => {
  it('are sent as a voice message, measured', async () => {
    press('a', 'held');
    await speakInto(2_000);
    later(2_000);
    letGo('a');
    await vi.waitFor(() => expect(files).toHaveLength(1));
    expect(files[0]).toMatchObject({ kind: 'voice', mime: 'audio/webm', duration: 2_000, waveform: 'AAAA' });
    expect(files[0]?.name).toMatch(/^voice-.*\.webm$/);
    expect(recordingAt('a').type).toBe('none');
  });

  it('that are too short are none, and the hint says how it is done', async () => {
    press('a', 'held');
    const recorder = await speakInto();
    later(300);
    letGo('a');
    expect(recordingAt('a').type).toBe('none');
    expect(recorder.cancel).toHaveBeenCalled();
    expect(toasts.get()?.text).toBe('Hold to record, let go to send');
    expect(files).toEqual([]);
  });

  it('stay when one turns to something else, with the microphone off, and a page that closes asks', async () => {
    press('a', 'locked');
    const recorder = await speakInto();
    later(4_000);
    detach[0]?.();
    await vi.waitFor(() => expect(recordingAt('a').type).toBe('recorded'));
    expect(recorder.stop).toHaveBeenCalledTimes(1);
    expect(files).toEqual([]);
    expect(listening.has('beforeunload')).toBe(true);
    // Back again.
    detach[0] = attend('a', (file) => {
      files.push(file);
      return true;
    });
    send('a');
    expect(files).toHaveLength(1);
    expect(listening.has('beforeunload')).toBe(false);
  });

  it('have one microphone: another one begun elsewhere ends the first, which is kept', async () => {
    press('a', 'locked');
    const first = await speakInto();
    later(4_000);
    press('b', 'locked');
    await vi.waitFor(() => expect(recordingAt('a').type).toBe('recorded'));
    expect(first.stop).toHaveBeenCalled();
    await speakInto();
    expect(recordingAt('b').type).toBe('recording');
  });

  it('begin in silence', async () => {
    const quiet = vi.fn();
    takeFloor(quiet);
    press('a', 'locked');
    expect(quiet).toHaveBeenCalled();
    // What is on its way is not the next test's.
    await vi.waitFor(() => expect(microphones.length).toBe(1));
  });

  it('thrown away can be had back', async () => {
    press('a', 'locked');
    await speakInto(9_000);
    later(9_000);
    cancel('a');
    await vi.waitFor(() => expect(recordingAt('a').type).toBe('none'));
    await vi.waitFor(() => expect(toasts.get()?.action).toBeDefined());
    toasts.get()?.action?.run();
    expect(recordingAt('a')).toMatchObject({ type: 'recorded', clip: { duration: 9_000 } });
  });

  it('that cannot be sent stay', async () => {
    detach[0]?.();
    detach[0] = attend('a', () => false);
    press('a', 'locked');
    await speakInto();
    later(2_000);
    stop('a');
    await vi.waitFor(() => expect(recordingAt('a').type).toBe('recorded'));
    send('a');
    expect(recordingAt('a').type).toBe('recorded');
  });

  it('given up while the browser asks never begin', async () => {
    press('a', 'locked');
    await vi.waitFor(() => expect(microphones.length).toBe(1));
    cancel('a');
    expect(microphones[0]?.options.signal.aborted).toBe(true);
    const recorder = await speakInto();
    expect(recorder.cancel).toHaveBeenCalled();
    expect(recordingAt('a').type).toBe('none');
  });

  it('say why there is no microphone', async () => {
    press('a', 'locked');
    await vi.waitFor(() => expect(microphones.length).toBe(1));
    microphones.shift()?.refuse(new DeviceError('denied'));
    await vi.waitFor(() => expect(recordingAt('a').type).toBe('none'));
    expect(toasts.get()?.text).toMatch(/may not use the microphone/);
  });

  it('end when the microphone is taken away, and what there is stays', async () => {
    press('a', 'locked');
    await vi.waitFor(() => expect(microphones.length).toBe(1));
    const lost = microphones[0]?.options.onLost;
    await speakInto();
    later(3_000);
    lost?.();
    await vi.waitFor(() => expect(recordingAt('a').type).toBe('recorded'));
  });

  it('go with the person who signs out', async () => {
    press('a', 'locked');
    const recorder = await speakInto();
    later(4_000);
    forgetCells();
    expect(recorder.cancel).toHaveBeenCalled();
    expect(recordingAt('a').type).toBe('none');
    expect(listening.has('beforeunload')).toBe(false);
  });
});
