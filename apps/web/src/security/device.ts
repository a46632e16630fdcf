/** A browser's own description in words: "Chrome on Windows". */
import { type DeviceParts, devicePartsOf } from '@kith/protocol/devices';
import { t } from '../i18n/index.ts';

export interface Device {
  readonly name: string;
  readonly kind: DeviceParts['kind'];
}

export function deviceOf(userAgent: string | null): Device {
  const { browser, system, kind, program } = devicePartsOf(userAgent);
  if (browser && system) return { name: t('settings.device.on', { browser, system }), kind };
  return { name: browser ?? system ?? (program || t('settings.device.unknown')), kind };
}
