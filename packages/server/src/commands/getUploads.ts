import type { Handler } from '../services.ts';

export const getUploads: Handler<'getUploads'> = async ({ files }, caller, { fileIds }) => ({
  uploads: await files.states(caller, fileIds),
});
