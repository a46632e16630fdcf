/** Microphone and camera: asking for them, and why one does not get them, in words that say what to do. */
import { t } from '../../i18n/index.ts';

export type Device = 'microphone' | 'camera';

/**
 * `denied`: by the person, now or earlier. `absent`: nothing is plugged in. `busy`: another program has it. `insecure`: browsers
 * give neither to a page that came without encryption. `unsupported`: the browser cannot record.
 */
export type Trouble = 'denied' | 'absent' | 'busy' | 'insecure' | 'unsupported' | 'unknown';

export class DeviceError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble, cause?: unknown) {
    super(`no recording: ${trouble}`, { cause });
    this.name = 'DeviceError';
    this.trouble = trouble;
  }
}

/** By the name of what `getUserMedia` rejects with. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof DeviceError) return error.trouble;
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
    case 'DevicesNotFoundError':
      return 'absent';
    case 'NotReadableError':
    case 'AbortError':
    case 'TrackStartError':
      return 'busy';
    case 'SecurityError':
      return 'insecure';
    case 'NotSupportedError':
      return 'unsupported';
    default:
      return 'unknown';
  }
}

/** Rejects with DeviceError. Waits for the person as long as the browser does; the caller offers a way out meanwhile. */
export async function openDevices(wanted: MediaStreamConstraints): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new DeviceError(globalThis.isSecureContext ? 'unsupported' : 'insecure');
  try {
    return await devices.getUserMedia(wanted);
  } catch (error) {
    throw new DeviceError(troubleOf(error), error);
  }
}

/** The light beside the camera, and the sign in the browser's tab, go off. */
export function closeDevices(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

export function troubleText(trouble: Trouble, device: Device): string {
  const camera = device === 'camera';
  switch (trouble) {
    case 'denied':
      return camera ? t('record.deniedCamera') : t('record.denied');
    case 'absent':
      return camera ? t('record.absentCamera') : t('record.absent');
    case 'busy':
      return camera ? t('record.busyCamera') : t('record.busy');
    case 'insecure':
      return t('record.insecure');
    case 'unsupported':
      return t('record.unsupported');
    case 'unknown':
      return t('record.unknown');
  }
}
