/**
 * The backend of a host application: three users of its own, a session of its own in a cookie, and a token for the chat. It hands
 * nothing on: the page speaks with Kith itself.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';

export interface HostOptions {
  readonly kith: {
    readonly url: string;
    readonly slug: string;
    readonly kid: string;
    readonly secret: string;
  };
  /** The built page, by path. */
  readonly files: ReadonlyMap<string, { readonly type: string; readonly body: string }>;
}

const users = new Map([
  ['1', 'Ada Lovelace'],
  ['2', 'Grace Hopper'],
  ['3', 'Edith Clarke'],
]);

export function createHost({ kith, files }: HostOptions): Server {
  /** Whose session a cookie is. */
  const sessions = new Map<string, string>();
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const tokenFor = (sub: string): string => {
    const iat = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: kith.slug,
      aud: `kith:${kith.slug}`,
      sub,
      name: users.get(sub),
      iat,
      exp: iat + 600,
    };
    const text = `${part({ alg: 'HS256', typ: 'JWT', kid: kith.kid })}.${part(claims)}`;
    return `${text}.${createHmac('sha256', kith.secret).update(text).digest('base64url')}`;
  };
  const json = (response: ServerResponse, value: unknown): void =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host');
    const id = /(?:^|; )host_session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const user = sessions.get(id);
    const file = files.get(pathname);
    if (request.method === 'POST' && pathname === '/login') {
      const session = randomUUID();
      const chosen = searchParams.get('user') ?? '';
      if (users.has(chosen)) sessions.set(session, chosen);
      response.setHeader('set-cookie', `host_session=${session}; Path=/; HttpOnly; SameSite=Strict`);
      json(response, {});
    } else if (request.method === 'POST' && pathname === '/logout') {
      sessions.delete(id);
      json(response, {});
    } else if (request.method === 'POST' && pathname === '/chat-token')
      json(response, { token: user === undefined ? null : tokenFor(user) });
    else if (pathname === '/me')
      json(response, {
        name: users.get(user ?? '') ?? null,
        kith: kith.url,
        users: Object.fromEntries(users),
      });
    else if (file) response.writeHead(200, { 'content-type': file.type }).end(file.body);
    else response.writeHead(404).end();
  });
}
