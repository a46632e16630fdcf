/** What all operations of the OpenAPI document are made of. */
import { type ErrorCode, errors } from '@kith/protocol';
import { Failure, type JsonSchema, type SchemaBook } from './jsonSchemas.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly description?: string;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
}

export const SIGNED_IN = [{ bearer: [] }, { cookie: [] }];
export const json = (schema: JsonSchema) => ({ 'application/json': { schema } });

/** An operation, and where it is. */
export interface Placed {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

/** The answers of these errors, by status. */
export function errorResponses(book: SchemaBook, codes: readonly ErrorCode[]): Record<string, unknown> {
  const content = json(book.of(Failure, 'output'));
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { status } = errors[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      { description: group.map((code) => `\`${code}\`: ${errors[code].text}`).join(' '), content },
    ]),
  );
}
