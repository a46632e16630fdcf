import { z } from 'zod';
import { Report, ReportInput } from '../reports.ts';
import { Cursor, PageSize } from '../scalars.ts';
import { command } from './command.ts';

export const reportCommands = {
  report: command({
    summary:
      'Tell those who run the place of messages, a person or a conversation. Nobody else learns of it. Repeating it changes nothing (S7).',
    input: ReportInput,
    output: z.object({}),
    errors: ['not_found', 'forbidden', 'limit_reached', 'conflict'],
    http: { method: 'POST', path: '/reports' },
    rate: 'invite',
  }),
  listReports: command({
    summary: 'What was reported, the newest first: for the owner and the admins of the tenant.',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({ reports: z.array(Report), next: Cursor.nullable() }),
    errors: ['forbidden'],
    http: { method: 'GET', path: '/reports' },
    rate: 'read',
  }),
} as const;
