/** `/openapi.json` for programs and `/docs` for people, both made from the tables on first request and kept. */
import type { FastifyInstance } from 'fastify';
import { createOpenApi } from './openapi.ts';
import { createReferencePage } from './reference/page.ts';
import { style } from './reference/style.ts';
import { stillPagePolicy } from './securityHeaders.ts';

export function registerDocumentation(app: FastifyInstance): void {
  const openApi = once(createOpenApi);
  const openApiText = once(() => JSON.stringify(openApi()));
  const policy = once(() => stillPagePolicy(style));
  const page = once(() => createReferencePage(openApi()));

  app.get('/openapi.json', async (_request, reply) =>
    reply
      .type('application/json; charset=utf-8')
      // Tools on other origins may read what is public anyway.
      .headers({ 'cache-control': 'no-cache', 'access-control-allow-origin': '*' })
      .send(openApiText()),
  );
  app.get('/docs', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .headers({ 'cache-control': 'no-cache', 'content-security-policy': policy() })
      .send(page()),
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
