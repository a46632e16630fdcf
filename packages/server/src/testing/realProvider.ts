/** For tests: a certified OpenID provider on a free port. Whoever types a name there is that person, and their address is proven. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface RealProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What a browser does there, from the address it was sent to until it is sent back; returns where. */
  signIn(at: string, login: string): Promise<string>;
  close(): Promise<void>;
}

const PAGES_MAX = 12;

export async function createRealProvider(redirectUri: string): Promise<RealProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientId = 'kith';
  const clientSecret = 'hush-of-the-real-provider';
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.org`,
        email_verified: true,
        name: id,
        preferred_username: id,
      }),
    }),
    pkce: { required: () => true },
    cookies: { keys: ['of a test'] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
  });
  server.on('request', provider.callback());
  return {
    issuer,
    clientId,
    clientSecret,
    signIn: async (at, login) => {
      const cookies = new Map<string, string>();
      let request: { url: string; form?: URLSearchParams } = { url: at };
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const { url, form } = request;
        const response = await fetch(url, {
          redirect: 'manual',
          headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
          ...(form && { method: 'POST', body: form }),
        });
        for (const one of response.headers.getSetCookie()) {
          const [name = '', value = ''] = (one.split(';')[0] ?? '').split('=');
          cookies.set(name, value);
        }
        const location = response.headers.get('location');
        const html = await response.text();
        if (location !== null) {
          const next = new URL(location, url).href;
          if (next.startsWith(redirectUri)) return next;
          request = { url: next };
          continue;
        }
        // It asks who somebody is, and then whether they let us know.
        const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1];
        const action = /action="([^"]+)"/.exec(html)?.[1];
        if (prompt === undefined || action === undefined)
          throw new Error(`This page asks nothing: ${response.status} ${html}`);
        request = {
          url: new URL(action, url).href,
          form: new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'any' }) }),
        };
      }
      throw new Error('The provider never sent the browser back.');
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
