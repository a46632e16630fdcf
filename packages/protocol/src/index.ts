/** The wire of Kith. A client that wants to stay small imports types from here and values from the rooms without zod. */
export * from './commands/index.ts';
export * from './content.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './frames.ts';
export * from './ids.ts';
export * from './limits.ts';
export * from './mentions.ts';
export * from './records.ts';
export * from './scalars.ts';
