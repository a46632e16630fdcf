/** A query string knows only text; the input's JSON Schema says what it was meant to be. */
import { z } from 'zod';

/** The part of JSON Schema that the inputs of GET and DELETE need. */
interface FieldSchema {
  readonly type?: string;
  readonly items?: FieldSchema;
}

export type Coerce = (values: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/**
 * Makes numbers, booleans and lists out of text, as the schema of a command's input asks. What does not look right stays
 * text and is refused by the schema itself, which knows how to say why. Lists come repeated (`id=a&id=b`) or with commas.
 */
export function coercer(input: z.ZodType): Coerce {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, FieldSchema>;
  };
  const fields = schema.properties ?? {};
  return (values) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        coerce(value, Object.hasOwn(fields, name) ? fields[name] : undefined),
      ]),
    );
}

const INTEGER = /^-?\d{1,16}$/;

function coerce(value: unknown, schema: FieldSchema | undefined): unknown {
  if (schema?.type === 'array') {
    const parts = (Array.isArray(value) ? value : [value]).flatMap((part) =>
      typeof part === 'string' ? part.split(',') : [part],
    );
    return parts.filter((part) => part !== '').map((part) => coerce(part, schema.items));
  }
  if (typeof value !== 'string') return value;
  if (schema?.type === 'integer' || schema?.type === 'number')
    return INTEGER.test(value) ? Number(value) : value;
  if (schema?.type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}
