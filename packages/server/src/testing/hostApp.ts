/** For tests: a host application. It signs tokens as an integrator would, with Node's own crypto, and shows its public keys. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Claims = Readonly<Record<string, unknown>>;

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Any header over any claims: hostile ones too. */
export function hs256(secret: string | Buffer, claims: Claims, header: Claims = {}): string {
  const head = `${part({ alg: 'HS256', typ: 'JWT', ...header })}.${part(claims)}`;
  return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
}

export interface KeyPair {
  readonly kid: string;
  readonly alg: 'RS256' | 'ES256' | 'EdDSA';
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function makeKey(kid: string, alg: KeyPair['alg'] = 'ES256'): KeyPair {
  const pair =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : alg === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
  return { kid, alg, ...pair };
}

export function signed({ kid, alg, privateKey }: KeyPair, claims: Claims, header: Claims = {}): string {
  const head = `${part({ alg, typ: 'JWT', kid, ...header })}.${part(claims)}`;
  const data = Buffer.from(head);
  const signature =
    alg === 'ES256'
      ? sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
      : sign(alg === 'RS256' ? 'sha256' : null, data, privateKey);
  return `${head}.${signature.toString('base64url')}`;
}

/** What a token of this tenant says, good for five minutes. */
export const claimsOf = (slug: string, sub: string, more: Claims = {}, now = Date.now()): Claims => {
  const iat = Math.floor(now / 1_000);
  return { iss: slug, aud: `kith:${slug}`, sub, name: `Person ${sub}`, iat, exp: iat + 300, ...more };
};

export interface KeysServer {
  readonly url: string;
  /** How often it was asked. */
  asked: number;
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  show(...keys: readonly KeyPair[]): void;
  close(): Promise<void>;
}

export async function openKeysServer(): Promise<KeysServer> {
  const server = createServer((request, response) => {
    keys.asked += 1;
    keys.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const keys: KeysServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    asked: 0,
    answer: (_, response) => void response.writeHead(404).end(),
    show: (...shown) => {
      const body = JSON.stringify({
        keys: shown.map(({ kid, alg, publicKey }) => ({
          ...publicKey.export({ format: 'jwk' }),
          kid,
          alg,
          use: 'sig',
        })),
      });
      keys.answer = (_, response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return keys;
}
