/** The OpenAPI 3.1 document, made from the table of commands. */
import {
  adminCalls,
  type CallSpec,
  type CommandName,
  type CommandSpec,
  ContinueForm,
  commandNames,
  commands,
  commonErrors,
  DepartForm,
  DepartReply,
  type ErrorCode,
  ForgotPasswordForm,
  GuestForm,
  HostTokenForm,
  HostTokenReply,
  type HttpRoute,
  InviteForm,
  InviteReply,
  KeepForm,
  NoForm,
  operatorCalls,
  PasskeyBeginReply,
  PasskeySignInForm,
  PhoneForm,
  PhoneSignUpForm,
  ResendForm,
  ResendReply,
  ResetPasswordForm,
  ResetPreviewForm,
  ResetPreviewReply,
  SessionReply,
  SignInForm,
  SignInOptions,
  SignInReply,
  SignUpForm,
  UndoEmailForm,
  UndoEmailReply,
  UsernameSignInForm,
} from '@kith/protocol';
import type { z } from 'zod';
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
  for (const { path, method, operation } of [
    ...blobOperations(book),
    ...fileOperations(book),
    ...callOperations(book),
  ])
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
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A key of the backend of a host: `kith_<id>_<secret>`. In this header only, and never in a page.',
        },
        operator: { type: 'http', scheme: 'bearer', description: 'KITH_OPERATOR_TOKEN of the service.' },
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

const commandOperation = (book: SchemaBook, name: CommandName, http: HttpRoute): Operation =>
  routedOperation(book, { ...(commands[name] as CommandSpec), http }, { name, tag: nounOf(name) });

/** Of a row of any table. */
function routedOperation(
  book: SchemaBook,
  spec: CallSpec,
  { name, tag, security = SIGNED_IN }: Naming,
): Operation {
  const { http } = spec;
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
    tags: [tag],
    security,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: {
      200: { description: 'Done.', content: json(book.of(spec.output, 'output')) },
      ...errorResponses(book, [...commonErrors, ...spec.errors]),
    },
  };
}

interface Naming {
  readonly name: string;
  readonly tag: string;
  readonly security?: Operation['security'];
}

/** What programs of hosts and of operators ask, who are nobody's session. */
function callOperations(book: SchemaBook): Placed[] {
  const placed = (spec: CallSpec, naming: Naming): Placed => ({
    path: `/v1${spec.http.path}`,
    method: spec.http.method,
    operation: routedOperation(book, spec, naming),
  });
  return [
    ...Object.entries(adminCalls).map(([name, spec]) =>
      placed(
        {
          ...spec,
          summary: `${spec.summary} Scope: \`${spec.scope}\`.`,
          errors: [...spec.errors, 'forbidden'],
        },
        { name, tag: 'Backends of hosts', security: [{ apiKey: [] }] },
      ),
    ),
    ...Object.entries(operatorCalls).map(([name, spec]) =>
      placed(spec, { name, tag: 'Operators', security: [{ operator: [] }] }),
    ),
  ];
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

/** Pages, not calls: a browser goes there. */
function outsideOperations(tags: string[]): Placed[] {
  const place = (
    path: string,
    method: 'get' | 'post',
    operationId: string,
    summary: string,
    where: string,
  ): Placed => ({
    path: `/v1/auth/outside/{provider}${path}`,
    method,
    operation: {
      operationId,
      summary,
      tags,
      security: [],
      parameters: [{ name: 'provider', in: 'path', required: true, schema: { type: 'string' } }],
      responses: { 303: { description: where }, 404: { description: 'There is no such service.' } },
    },
  });
  const back =
    'To the app: `/#step=signed_in` with cookies set; `/#step=<type>&reply=<JSON>` for what comes first; `/#linked=<provider>`; or `/#error=<problem>&provider=<id>`.';
  return [
    place(
      '',
      'get',
      'signInOutside',
      'Sign in by another service: a page for a browser. With `link`, of `beginLink`, it connects an account there.',
      'To the service, or back with an error.',
    ),
    place('/callback', 'get', 'returnFromOutside', 'Where the service sends the browser back.', back),
    place('/callback', 'post', 'returnFromOutsideByForm', 'The same, by a form.', back),
  ];
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
    description: 'Signed in, or the next step of it. A browser gets cookies besides.',
    headers: { 'set-auth-token': { description: 'The token, once signed in.', schema: { type: 'string' } } },
    content: json(book.of(SignInReply, 'output')),
  };
  const form = (schema: z.ZodType) => ({ required: true, content: json(book.of(schema, 'input')) });
  const door = (
    path: string,
    operationId: string,
    summary: string,
    schema: z.ZodType,
    errors: readonly ErrorCode[],
    answer: object = signedIn,
  ): Placed => ({
    path: `/v1/auth/${path}`,
    method: 'post',
    operation: {
      operationId,
      summary,
      tags,
      security: [],
      requestBody: form(schema),
      responses: { 200: answer, ...errorResponses(book, [...common, 'forbidden', ...errors]) },
    },
  });
  const done = { description: 'Done.', content: json({ type: 'object' }) };
  const departure = door(
    'outside/{provider}',
    'departOutside',
    'Where a browser goes to sign in by another service, with an invitation; a cookie comes along.',
    DepartForm,
    ['not_found'],
    { description: 'Where to.', content: json(book.of(DepartReply, 'output')) },
  );
  return [
    {
      path: '/v1/auth/options',
      method: 'get',
      operation: {
        operationId: 'signInOptions',
        summary: 'What this server has to offer at its door.',
        tags,
        security: [],
        responses: {
          200: { description: 'The options.', content: json(book.of(SignInOptions, 'output')) },
          ...errorResponses(book, common),
        },
      },
    },
    door(
      'sign-up/email',
      'signUp',
      'Make an account; the first becomes the owner. Where addresses are proven first, a code is sent, also to who has an account already, who is told that instead.',
      SignUpForm,
      ['conflict'],
    ),
    door('sign-in/email', 'signIn', 'Sign in with email address and password.', SignInForm, [
      'unauthenticated',
    ]),
    door(
      'sign-in/username',
      'signInWithUsername',
      'Sign in with username and password.',
      UsernameSignInForm,
      ['unauthenticated'],
    ),
    door(
      'continue',
      'continueSignIn',
      'The code of a ticket, or a second factor. A ticket takes five tries.',
      ContinueForm,
      ['not_found', 'conflict', 'unauthenticated'],
    ),
    door(
      'passkey/begin',
      'beginPasskeySignIn',
      'What a browser needs to ask for a passkey, of whoever has one here.',
      NoForm,
      [],
      { description: 'Begun.', content: json(book.of(PasskeyBeginReply, 'output')) },
    ),
    door('passkey', 'passkeySignIn', 'Sign in with a passkey alone. A ticket takes one.', PasskeySignInForm, [
      'not_found',
      'unauthenticated',
    ]),
    door(
      'phone',
      'signInByPhone',
      'Sign in by a phone number: a code goes there. The answer is the same whether or not somebody has it.',
      PhoneForm,
      ['unavailable'],
    ),
    door(
      'phone/sign-up',
      'signUpByPhone',
      'The name of somebody new whose number is proven, after `name_wanted`.',
      PhoneSignUpForm,
      ['not_found', 'conflict', 'forbidden'],
    ),
    door(
      'resend',
      'resendCode',
      'Another code for a ticket; the one before is void.',
      ResendForm,
      ['not_found'],
      {
        description: 'Sent.',
        content: json(book.of(ResendReply, 'output')),
      },
    ),
    door(
      'password/forgot',
      'forgotPassword',
      'Mail a link to set the password anew. The answer is the same where there is no such account.',
      ForgotPasswordForm,
      [],
      done,
    ),
    door(
      'password/preview',
      'previewPasswordReset',
      'Whose password the token of a link is about. The answer is the same for one that never was, and one that is over.',
      ResetPreviewForm,
      ['not_found'],
      { description: 'Whose it is.', content: json(book.of(ResetPreviewReply, 'output')) },
    ),
    door(
      'password/reset',
      'resetPassword',
      'Another password, with the token of the link. All sessions end, and a new one begins.',
      ResetPasswordForm,
      ['not_found'],
    ),
    door(
      'email/undo',
      'undoEmail',
      'The address before the last change counts again, with the token of the link. All sessions end.',
      UndoEmailForm,
      ['not_found', 'conflict'],
      { description: 'Done.', content: json(book.of(UndoEmailReply, 'output')) },
    ),
    door(
      'keep',
      'keepAccountByLink',
      'An account that is to be deleted stays, with the token of the link that was mailed. All sessions end.',
      KeepForm,
      ['not_found'],
      { description: 'Done.', content: json({ type: 'object' }) },
    ),
    door(
      'invite',
      'previewInvite',
      'What the link of an invitation leads to. The answer is the same for one that never was, and one that is over, used up or revoked.',
      InviteForm,
      ['not_found'],
      { description: 'Who invites, and to what.', content: json(book.of(InviteReply, 'output')) },
    ),
    door(
      'guest',
      'comeAsGuest',
      'By the link of an invitation for guests: a name, and one is in, for some time and in its conversations.',
      GuestForm,
      ['not_found', 'limit_reached'],
    ),
    {
      ...departure,
      operation: {
        ...departure.operation,
        parameters: [{ name: 'provider', in: 'path', required: true, schema: { type: 'string' } }],
      },
    },
    ...outsideOperations(tags),
    door(
      'token',
      'signInByHost',
      'A token that a host application signed, for a session of its person; or a fresh one for a session that goes on.',
      HostTokenForm,
      ['unauthenticated', 'session_revoked', 'limit_reached'],
      { description: 'In. No cookie is set.', content: json(book.of(HostTokenReply, 'output')) },
    ),
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
