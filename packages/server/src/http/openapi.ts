/** The OpenAPI 3.1 document, made from the table of commands. */
import {
  type CommandName,
  type CommandSpec,
  commandNames,
  commands,
  commonErrors,
  type ErrorCode,
  type HttpRoute,
} from '@kith/protocol';
import type { z } from 'zod';
import {
  HasAccountsReply,
  SessionReply,
  SignedInReply,
  SignInForm,
  SignUpForm,
  UsernameSignInForm,
} from '../accounts/forms.ts';
import { createSchemaBook, type JsonSchema, type SchemaBook } from './jsonSchemas.ts';
import { nounOf } from './nouns.ts';
import { blobOperations, fileOperations } from './openapiBytes.ts';
import {
  errorResponses,
  json,
  type Operation,
  type Parameter,
  type Placed,
  SIGNED_IN,
} from './openapiParts.ts';

export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: Operation['security'];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

export function createOpenApi(): OpenApi {
  const book = createSchemaBook();
  const paths: Record<string, Record<string, Operation>> = {};
  const put = (path: string, method: string, operation: Operation): void => {
    const operations = paths[path] ?? {};
    paths[path] = { ...operations, [method.toLowerCase()]: operation };
  };
  for (const { path, method, operation } of authOperations(book)) put(path, method, operation);
  for (const name of commandNames) {
    const { http } = commands[name];
    if (http) put(`/v1${http.path}`, http.method, commandOperation(book, name, http));
  }
  for (const { path, method, operation } of [...blobOperations(book), ...fileOperations(book)])
    put(path, method, operation);
  const tags = new Set(
    Object.values(paths).flatMap((path) => Object.values(path).flatMap(({ tags }) => tags)),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kith',
      version: '1',
      description:
        'The commands of Kith over HTTP. The same commands go over the WebSocket at `/v1/socket` (subprotocol `kith.v1.json`), where events come unasked; `/docs` describes both.',
    },
    servers: [{ url: '/' }],
    security: SIGNED_IN,
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas: book.components,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The token that signing in answers with.' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'kith.session_token',
          description: 'For browsers. What changes something must come from a page of the same origin.',
        },
      },
    },
  };
}

function commandOperation(book: SchemaBook, name: CommandName, http: HttpRoute): Operation {
  const spec: CommandSpec = commands[name];
  const input = book.of(spec.input, 'input');
  const inPath = [...http.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const byQuery = http.method === 'GET' || http.method === 'DELETE';
  const parameters = [
    ...inPath.map((field) => parameter(input, field, 'path')),
    ...(byQuery ? restOf(input, inPath).map((field) => parameter(input, field, 'query')) : []),
  ];
  const body = byQuery ? null : without(input, inPath);
  return {
    operationId: name,
    summary: spec.summary,
    tags: [nounOf(name)],
    security: SIGNED_IN,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: {
      200: { description: 'Done.', content: json(book.of(spec.output, 'output')) },
      ...errorResponses(book, [...commonErrors, ...spec.errors]),
    },
  };
}

const restOf = (input: JsonSchema, inPath: readonly string[]): string[] =>
  Object.keys(input.properties ?? {}).filter((field) => !inPath.includes(field));

function parameter(input: JsonSchema, name: string, where: 'path' | 'query'): Parameter {
  const schema = input.properties?.[name] ?? { type: 'string' };
  return { name, in: where, required: where === 'path' || (input.required?.includes(name) ?? false), schema };
}

/** The input as a body: without what the path carries, null when nothing is left. */
function without(input: JsonSchema, fields: readonly string[]): JsonSchema | null {
  const alternatives = input.oneOf ?? input.anyOf;
  if (alternatives) return input;
  const rest = restOf(input, fields);
  if (rest.length === 0) return null;
  const required = (input.required ?? []).filter((field) => !fields.includes(field));
  return {
    ...input,
    properties: Object.fromEntries(rest.map((field) => [field, input.properties?.[field] ?? {}])),
    required,
  };
}

/** One answer a status; the codes behind it stand in its description. */
function authOperations(book: SchemaBook): Placed[] {
  const tags = ['Signing in'];
  const common: ErrorCode[] = [
    'bad_input',
    'too_large',
    'rate_limited',
    'unavailable',
    'draining',
    'internal',
  ];
  const signedIn = {
    description: 'Signed in. A browser gets a cookie besides.',
    headers: { 'set-auth-token': { description: 'The token.', schema: { type: 'string' } } },
    content: json(book.of(SignedInReply, 'output')),
  };
  const form = (schema: z.ZodType) => ({ required: true, content: json(book.of(schema, 'input')) });
  return [
    {
      path: '/v1/auth/has-accounts',
      method: 'get',
      operation: {
        operationId: 'hasAccounts',
        summary: 'Whether anybody has an account here yet: the first becomes the owner.',
        tags,
        security: [],
        responses: {
          200: { description: 'Yes or no.', content: json(book.of(HasAccountsReply, 'output')) },
          ...errorResponses(book, common),
        },
      },
    },
    {
      path: '/v1/auth/sign-up/email',
      method: 'post',
      operation: {
        operationId: 'signUp',
        summary: 'Make an account and sign in. The first account becomes the owner.',
        tags,
        security: [],
        requestBody: form(SignUpForm),
        responses: { 200: signedIn, ...errorResponses(book, [...common, 'conflict', 'forbidden']) },
      },
    },
    {
      path: '/v1/auth/sign-in/email',
      method: 'post',
      operation: {
        operationId: 'signIn',
        summary: 'Sign in with email address and password.',
        tags,
        security: [],
        requestBody: form(SignInForm),
        responses: { 200: signedIn, ...errorResponses(book, [...common, 'unauthenticated', 'forbidden']) },
      },
    },
    {
      path: '/v1/auth/sign-in/username',
      method: 'post',
      operation: {
        operationId: 'signInWithUsername',
        summary: 'Sign in with username and password.',
        tags,
        security: [],
        requestBody: form(UsernameSignInForm),
        responses: { 200: signedIn, ...errorResponses(book, [...common, 'unauthenticated', 'forbidden']) },
      },
    },
    {
      path: '/v1/auth/sign-out',
      method: 'post',
      operation: {
        operationId: 'signOut',
        summary: 'End this session; its sockets close at once.',
        tags,
        security: [...SIGNED_IN, {}],
        responses: {
          200: { description: 'Signed out.', content: json({ type: 'object' }) },
          ...errorResponses(book, [...common, 'forbidden']),
        },
      },
    },
    {
      path: '/v1/auth/get-session',
      method: 'get',
      operation: {
        operationId: 'getSession',
        summary: 'Who is signed in; null when nobody is.',
        tags,
        security: [...SIGNED_IN, {}],
        responses: {
          200: { description: 'The session, or null.', content: json(book.of(SessionReply, 'output')) },
          ...errorResponses(book, common),
        },
      },
    },
  ];
}
