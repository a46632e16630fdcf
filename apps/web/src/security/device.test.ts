import { describe, expect, it } from 'vitest';
import '../i18n/english.ts';
import { deviceOf } from './device.ts';

describe('deviceOf', () => {
  it('knows the usual ones', () => {
    const chrome =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
    expect(deviceOf(chrome)).toEqual({ name: 'Chrome on Linux', kind: 'computer' });
    const iphone =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1';
    expect(deviceOf(iphone)).toEqual({ name: 'Safari on iPhone', kind: 'phone' });
  });
  it('takes programs by the name they give', () => {
    expect(deviceOf('echo-bot/1.0')).toEqual({ name: 'echo-bot/1.0', kind: 'program' });
    expect(deviceOf(null)).toEqual({ name: 'Unknown device', kind: 'program' });
  });
});
