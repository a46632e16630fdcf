import { commandNames, commands, errorCodes } from '@kith/protocol';
import { describe, expect, it } from 'vitest';
import { createOpenApi } from './openapi.ts';
import { createReferencePage } from './reference/page.ts';

const openApi = createOpenApi();
const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every `$ref` below a value. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
}

describe('the OpenAPI document', () => {
  it('has every command that goes over HTTP, under its own name, once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const name of commandNames) {
      const { http } = commands[name];
      const found = operations.filter(({ operation }) => operation.operationId === name);
      expect(
        found.map(({ path, method }) => `${method} ${path}`),
        name,
      ).toEqual(http ? [`${http.method.toLowerCase()} /v1${http.path}`] : []);
    }
  });

  it('refers only to what it holds, and holds nothing of zod’s own', () => {
    const known = Object.keys(openApi.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(references(openApi).filter((reference) => !known.includes(reference))).toEqual([]);
    expect(JSON.stringify(openApi)).not.toMatch(/\$defs|\$schema|__schema/);
  });

  it('declares each parameter of a path, and no field twice', () => {
    for (const { path, method, operation } of operations) {
      const declared = (operation.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name);
      expect(declared, `${method} ${path}`).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
      );
      for (const parameter of operation.parameters ?? []) expect(parameter.schema).not.toEqual({});
      if (method === 'get' || method === 'delete') expect(operation.requestBody).toBeUndefined();
    }
  });

  it('tells the errors a command may answer, in one form', () => {
    const responses = openApi.paths['/v1/conversations/{conversationId}/messages']?.post?.responses;
    expect(Object.keys(responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '401', '404', '409', '429', '503']),
    );
    expect(responses?.['409']).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
    });
  });

  it('allows answers to gain fields, and inputs not', () => {
    expect(openApi.components.schemas.MessageRecord?.additionalProperties).toBeUndefined();
    const body = openApi.paths['/v1/me']?.patch?.requestBody;
    expect(body).toMatchObject({
      content: { 'application/json': { schema: { additionalProperties: false } } },
    });
  });
});

describe('the reference page', () => {
  const page = createReferencePage(openApi);

  it('has a place for every command and error, and every link on it leads somewhere', () => {
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
    for (const name of commandNames) expect(ids, name).toContain(name);
    for (const code of errorCodes) expect(ids, code).toContain(`error-${code}`);
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]);
    expect(links.filter((link) => !ids.has(link))).toEqual([]);
  });

  it('needs no script and nothing from elsewhere', () => {
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|undefined|\[object/);
  });
});
