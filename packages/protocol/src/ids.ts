/**
 * Identifiers. Every id on the wire is a UUIDv7 (E3): made by whoever creates the thing, so that a repeated
 * command names the same thing (S7), and ordered by time, so that indexes grow at one end.
 */
import { uuidv7 } from 'uuidv7';

/** A new UUIDv7 in lower-case text form, monotonic within this process. */
export const newId = (): string => uuidv7();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether `value` is a UUID in lower-case text form (any version: the database stores the bits). */
export const isId = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** When a UUIDv7 was made, ms since the epoch by the clock of whoever made it. */
export const timeOfId = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);
