import type { Handler } from '../services.ts';
import { threadList, unreadThreads } from '../store/threads.ts';

/** Two messages a row, each as long as a message may be. */
const PAGE_DEFAULT = 20;
const PAGE_MAX = 50;

export const listThreads: Handler<'listThreads'> = async (services, caller, { cursor, limit }) => {
  const { db } = services.database;
  const page = await threadList(db, caller, cursor, Math.min(limit ?? PAGE_DEFAULT, PAGE_MAX));
  return { ...page, unread: await unreadThreads(db, caller) };
};
