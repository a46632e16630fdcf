/** The wire's schemas as JSON Schema, with the records everybody knows by name as shared components. */
import * as protocol from '@kith/protocol';
import { z } from 'zod';

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** The names below, over what the schemas say of themselves. */
class NamesRegistry extends z.core.$ZodRegistry<z.core.GlobalMeta> {
  override get<S extends z.core.$ZodType>(schema: S): z.core.$replace<z.core.GlobalMeta, S> | undefined {
    const own = super.get(schema);
    const general = z.globalRegistry.get(schema);
    return (own || general) && ({ ...general, ...own } as z.core.$replace<z.core.GlobalMeta, S>);
  }
}

/** The body of every answer that is not a success. */
export const Failure = z.object({ error: protocol.WireErrorSchema });

/** What stands under its own name instead of being written out wherever it occurs. */
const named = {
  Id: protocol.Id,
  Time: protocol.Time,
  User: protocol.User,
  Content: protocol.Content,
  ConversationRecord: protocol.ConversationRecord,
  MemberRecord: protocol.MemberRecord,
  MessageRecord: protocol.MessageRecord,
  SystemEvent: protocol.SystemEvent,
  Reaction: protocol.Reaction,
  ReceiptMark: protocol.ReceiptMark,
  Head: protocol.Head,
  SettingsRecord: protocol.SettingsRecord,
  Presence: protocol.Presence,
  Event: protocol.Event,
  Ephemeral: protocol.Ephemeral,
  Error: protocol.WireErrorSchema,
  Failure,
} as const;

export interface SchemaBook {
  /** The schema of what is sent (`input`) or answered (`output`), with `$ref`s into `components`. */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema;
  /** Whatever was referred to so far. */
  readonly components: Readonly<Record<string, JsonSchema>>;
}

export const COMPONENTS = '#/components/schemas/';

export function createSchemaBook(): SchemaBook {
  const registry = new NamesRegistry();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const components: Record<string, JsonSchema> = {};
  return {
    components,
    of: (schema, io) => {
      const { $defs, $schema, ...root } = z.toJSONSchema(schema, {
        io,
        metadata: registry,
        unrepresentable: 'any',
        override: ({ zodSchema, jsonSchema }) => {
          // Answers may gain fields: who reads them must not refuse those it does not know.
          if (io === 'output' && isOpenObject(zodSchema)) delete jsonSchema.additionalProperties;
        },
      }) as JsonSchema & { $defs?: Record<string, JsonSchema>; $schema?: string };
      for (const [name, definition] of Object.entries($defs ?? {})) {
        const { id: _, ...rest } = refer(definition) as JsonSchema & { id?: string };
        components[name] = rest;
      }
      const { id: _, ...rest } = refer(root) as JsonSchema & { id?: string };
      return rest;
    },
  };
}

/** A plain `z.object`: neither strict nor with a catch-all. */
const isOpenObject = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodObject && schema._zod.def.catchall === undefined;

/** Points references into the document's components. */
function refer(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(refer);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) =>
      key === '$ref' && typeof value === 'string'
        ? [key, value.replace('#/$defs/', COMPONENTS)]
        : [key, refer(value)],
    ),
  );
}
