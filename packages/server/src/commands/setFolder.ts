import { changeFolder } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { changeOwnRecord } from './own.ts';

export const setFolder: Handler<'setFolder'> = async (services, caller, { folderId, ...change }) => ({
  record: await changeOwnRecord(services, caller, 'folder', folderId, (before) =>
    changeFolder(before, change),
  ),
});
