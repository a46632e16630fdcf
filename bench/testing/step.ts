import type { StepResult } from '../load.ts';

/** A step that went well, at this rate. */
export const stepAt = (rate: number, overrides: Partial<StepResult> = {}): StepResult => ({
  rate,
  seconds: 6,
  offered: rate,
  acknowledged: rate,
  delivered: rate,
  ackP50: 1,
  ackP99: 2,
  deliveryP50: 1,
  deliveryP99: 2,
  serverMicros: 50,
  databaseMicros: 40,
  serverBusy: 0.3,
  databaseBusy: 0.2,
  interruptsBusy: 0.1,
  othersBusy: 0,
  generatorBusy: 0.5,
  failed: 0,
  lost: 0,
  overrun: false,
  ...overrides,
});
