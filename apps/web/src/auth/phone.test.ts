import { expect, it } from 'vitest';
import { regionOf } from './phone.ts';

it('takes the first region that a browser names', () => {
  expect(regionOf(['de', 'en-US', 'de-AT'])).toBe('US');
  expect(regionOf(['zh-Hant-TW'])).toBe('TW');
  expect(regionOf(['es-419', 'not a tag!', 'es-MX'])).toBe('MX');
  expect(regionOf(['de'])).toBeUndefined();
  expect(regionOf([])).toBeUndefined();
});
