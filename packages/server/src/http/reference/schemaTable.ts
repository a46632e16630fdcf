/** A JSON Schema as nested tables: field, type, bounds. */
import { COMPONENTS, type JsonSchema } from '../jsonSchemas.ts';
import { type Html, html } from './html.ts';

/** What a value may be: a table for an object, several for alternatives, a line for the rest. */
export function schemaTable(schema: JsonSchema): Html {
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives?.some(isObject)) {
    return html`<div class="alternatives">${alternatives.map(
      (alternative) => html`<div><p class="tag">${tagOf(alternative)}</p>${schemaTable(alternative)}</div>`,
    )}</div>`;
  }
  const fields = Object.entries(schema.properties ?? {});
  if (!isObject(schema)) return html`<p>${typeOf(schema)}</p>`;
  if (fields.length === 0) return html`<p class="none">${mapOf(schema) ?? 'nothing'}</p>`;
  return html`<table class="fields">${fields.map(([name, field]) => row(name, field, schema.required?.includes(name)))}</table>`;
}

function row(name: string, field: JsonSchema, required: boolean | undefined): Html {
  const inner = innerOf(field);
  return html`<tr><th scope="row"><code>${name}</code>${!required && html` <small>optional</small>`}</th>
<td>${typeOf(field)}${notes(field)}${field.description && html`<br>${field.description}`}${inner && schemaTable(inner)}</td></tr>`;
}

const isObject = (schema: JsonSchema): boolean => schema.type === 'object';

/** The discriminator's value, which names an alternative. */
function tagOf(schema: JsonSchema): Html | string {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (field.const !== undefined) return html`<code>${name}: ${JSON.stringify(field.const)}</code>`;
  }
  return schema.$ref ? typeOf(schema) : 'or';
}

/** What is written out below the type, because it has no name of its own. */
function innerOf(schema: JsonSchema): JsonSchema | null {
  if (schema.items) return innerOf(schema.items);
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives) return alternatives.some((alternative) => innerOf(alternative)) ? schema : null;
  return isObject(schema) && Object.keys(schema.properties ?? {}).length > 0 ? schema : null;
}

export const anchorOf = (component: string): string => `type-${component}`;

function typeOf(schema: JsonSchema): Html | string {
  if (schema.$ref) {
    const name = schema.$ref.slice(COMPONENTS.length);
    return html`<a href="#${anchorOf(name)}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) return joined(schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`));
  if (schema.items) return html`list of ${typeOf(schema.items)}`;
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives) {
    return alternatives.some((alternative) => innerOf(alternative))
      ? 'one of'
      : joined(alternatives.map(typeOf));
  }
  if (schema.allOf) return joined(schema.allOf.map(typeOf));
  if (isObject(schema)) return mapOf(schema) ?? 'object';
  return Array.isArray(schema.type) ? schema.type.join(' or ') : String(schema.type ?? 'any JSON');
}

const mapOf = ({ additionalProperties }: JsonSchema): Html | null =>
  typeof additionalProperties === 'object' && additionalProperties !== null
    ? html`map of name to ${typeOf(additionalProperties)}`
    : null;

const joined = (parts: readonly (Html | string)[]): Html =>
  html`${parts.map((part, index) => (index === 0 ? part : html` or ${part}`))}`;

/** The largest safe integer is every integer's bound and tells nobody anything. */
function notes(schema: JsonSchema): Html | null {
  const { minLength, maxLength, minItems, maxItems, minimum, maximum } = schema;
  const range = (low: number | undefined, high: number | undefined, unit: string): string | null => {
    const top = high === Number.MAX_SAFE_INTEGER ? undefined : high;
    const bottom = low === Number.MIN_SAFE_INTEGER || low === 0 ? undefined : low;
    if (top === undefined) return bottom === undefined ? null : `at least ${bottom}${unit}`;
    return bottom === undefined ? `at most ${top}${unit}` : `${bottom} to ${top}${unit}`;
  };
  const parts = [
    schema.format && schema.format,
    range(minLength, maxLength, ' characters'),
    range(minItems, maxItems, ''),
    range(minimum, maximum, ''),
    schema.pattern && !schema.format && schema.pattern,
    schema.default !== undefined && `default ${JSON.stringify(schema.default)}`,
  ].filter((part): part is string => typeof part === 'string');
  return parts.length === 0 ? null : html` <small>${parts.join(', ')}</small>`;
}
