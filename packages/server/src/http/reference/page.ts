/** The reference page: the whole wire on one page, rendered from the same tables that drive it. */
import {
  addressFactor,
  ClientFrame,
  type CommandName,
  type CommandSpec,
  commands,
  commonErrors,
  Ephemeral,
  Event,
  errorCodes,
  errors,
  limits,
  rates,
  ServerFrame,
  subprotocol,
} from '@kith/protocol';
import { createSchemaBook, type SchemaBook } from '../jsonSchemas.ts';
import { commandsByNoun } from '../nouns.ts';
import type { OpenApi } from '../openapi.ts';
import { type Html, html, prose } from './html.ts';
import { anchorOf, schemaTable } from './schemaTable.ts';
import { style } from './style.ts';

export function createReferencePage(openApi: OpenApi): string {
  const book = createSchemaBook();
  const nouns = [...commandsByNoun()];
  const sections = [
    introduction(),
    signingIn(openApi),
    ...nouns.map(([noun, names]) => commandSection(book, noun, names)),
    socket(book),
    errorTable(),
    limitTables(),
  ];
  // After the others: only then does the book know what they refer to.
  const types = typeSection({ ...openApi.components.schemas, ...book.components });
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Kith: API reference</title>
<style>${{ html: style }}</style>
</head>
<body>
<div class="page">
${navigation(nouns)}
<main>${sections}${types}</main>
</div>
</body>
</html>
`.html;
}

const idOf = (noun: string): string => noun.toLowerCase().replaceAll(' ', '-');

const navigation = (
  nouns: readonly [string, readonly CommandName[]][],
): Html => html`<nav aria-label="Contents"><details>
<summary>Contents</summary>
<ul><li><a class="noun" href="#signing-in">Signing in</a></li></ul>
${nouns.map(
  ([noun, names]) => html`<ul><li><a class="noun" href="#${idOf(noun)}">${noun}</a></li>
${names.map((name) => html`<li><a href="#${name}">${name}</a></li>`)}</ul>`,
)}
<ul>${['Socket', 'Events', 'Errors', 'Limits', 'Types'].map(
  (name) => html`<li><a class="noun" href="#${idOf(name)}">${name}</a></li>`,
)}</ul>
</details></nav>`;

const introduction = (): Html => html`<h1>Kith’s API</h1>
<p>Every command below goes over HTTP, or by its name over the <a href="#socket">socket</a>, with the same input, output and
errors. Also as <a href="/openapi.json">OpenAPI 3.1</a>.</p>
<p>Ids are UUIDv7, made by whoever creates the thing: repeating a command with the same id returns the first result. Times are
ISO 8601 in UTC. Lists come in pages: ask again with <code>cursor</code> set to the <code>next</code> of the page before, until it is
<code>null</code>. Where a command’s fields are not in its path, they are the query (GET, DELETE; lists repeated or with commas) or the JSON
body.</p>`;

function signingIn(openApi: OpenApi): Html {
  const operations = Object.entries(openApi.paths)
    .filter(([path]) => path.startsWith('/v1/auth/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
  return html`<section id="signing-in"><h2>Signing in</h2>
<p>Programs send the session’s token as <code>Authorization: Bearer …</code>. Browsers send the cookie; what they change must come
from a page of the same origin.</p>
${operations.map(({ path, method, operation }) => {
  const body = operation.requestBody as Content | undefined;
  const done = operation.responses['200'] as Content | undefined;
  return html`<article id="${operation.operationId}"><h3>${operation.operationId}</h3>${route(method, path)}
<p>${prose(operation.summary)}</p>
${body && html`<h4>Input</h4>${schemaTable(schemaIn(body))}`}
${done && html`<h4>Output</h4>${schemaTable(schemaIn(done))}`}</article>`;
})}</section>`;
}

interface Content {
  readonly content: { readonly 'application/json': { readonly schema: Parameters<typeof schemaTable>[0] } };
}
const schemaIn = (part: Content) => part.content['application/json'].schema;

const route = (method: string, path: string): Html =>
  html`<p class="route"><b>${method.toUpperCase()}</b> ${path}</p>`;

const commandSection = (book: SchemaBook, noun: string, names: readonly CommandName[]): Html =>
  html`<section id="${idOf(noun)}"><h2>${noun}</h2>${names.map((name) => commandArticle(book, name))}</section>`;

function commandArticle(book: SchemaBook, name: CommandName): Html {
  const spec: CommandSpec = commands[name];
  return html`<article id="${name}"><h3>${name}</h3>
${spec.http ? route(spec.http.method, `/v1${spec.http.path}`) : html`<p class="route">only over the socket</p>`}
<p>${prose(spec.summary)}</p>
<h4>Input</h4>${schemaTable(book.of(spec.input, 'input'))}
<h4>Output</h4>${schemaTable(book.of(spec.output, 'output'))}
<p class="codes"><small>Rate: ${spec.rate}. ${
    spec.errors.length > 0 &&
    html`Errors: ${spec.errors.map((code) => html`<a href="#error-${code}"><code>${code}</code></a>`)}`
  }</small></p></article>`;
}

const socket = (book: SchemaBook): Html => html`<section id="socket"><h2>Socket</h2>
<p>Connect to <code>/v1/socket</code> with the subprotocol <code>${subprotocol}</code> and send <code>hello</code> first, with a token or, from a page of
ours, the cookie. Each message from the client is one frame; one from the server may hold several, one a line. A
<code>request</code> is answered by <code>reply</code> or <code>failed</code> with its <code>id</code>, in any order. Ping when idle.</p>
<h3>From the client</h3>${schemaTable(book.of(ClientFrame, 'input'))}
<h3>From the server</h3>${schemaTable(book.of(ServerFrame, 'output'))}
</section>
<section id="events"><h2>Events</h2>
<p>Every change of a conversation raises its <code>rev</code> by one. Of two versions of a record the one with the greater <code>rev</code> is right. Whoever
sees a gap between the last <code>rev</code> known and an event’s <code>from</code> asks <a href="#changes">changes</a>.</p>
${schemaTable(unnamed(book, Event, 'Event'))}
<h3>Ephemeral</h3>
<p>Never stored and never repeated.</p>
${schemaTable(unnamed(book, Ephemeral, 'Ephemeral'))}
</section>`;

/** A schema that has a name is a mere reference; here it is written out. */
function unnamed(book: SchemaBook, schema: Parameters<SchemaBook['of']>[0], name: string) {
  const found = book.of(schema, 'output');
  return found.$ref ? (book.components[name] ?? found) : found;
}

const errorTable = (): Html => html`<section id="errors"><h2>Errors</h2>
<p>Over HTTP an error is <code>{ "error": … }</code> with its status. Any command may answer ${commonErrors.map(
  (code, index) => html`${index > 0 && ', '}<a href="#error-${code}"><code>${code}</code></a>`,
)}.</p>
<div class="scroll"><table><thead><tr><th>Code</th><th>Status</th><th>Close</th><th>Retry</th><th>Meaning</th></tr></thead><tbody>
${errorCodes.map((code) => {
  const { status, close, retryable, text } = errors[code];
  return html`<tr id="error-${code}"><th scope="row"><code>${code}</code></th><td>${status}</td><td>${close ?? ''}</td><td>${retryable ? 'yes' : 'no'}</td><td>${text}</td></tr>`;
})}</tbody></table></div></section>`;

const limitTables = (): Html => html`<section id="limits"><h2>Limits</h2>
<p>As <code>welcome</code> tells them.</p>
<table class="fields"><tbody>${Object.entries(limits).map(
  ([name, value]) => html`<tr><th scope="row"><code>${name}</code></th><td>${value}</td></tr>`,
)}</tbody></table>
<h3>Rates</h3>
<p>A bucket for each person and class: so many at once, then so many a second. An address has ${addressFactor} times that.</p>
<table><thead><tr><th>Class</th><th>At once</th><th>A second</th></tr></thead><tbody>${Object.entries(
  rates,
).map(
  ([name, { burst, perSecond }]) =>
    html`<tr><th scope="row"><code>${name}</code></th><td>${burst}</td><td>${perSecond}</td></tr>`,
)}</tbody></table></section>`;

const typeSection = (types: SchemaBook['components']): Html => html`<section id="types"><h2>Types</h2>
${Object.entries(types)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(
    ([name, schema]) =>
      html`<article id="${anchorOf(name)}"><h3>${name}</h3>${schemaTable(schema)}</article>`,
  )}</section>`;
