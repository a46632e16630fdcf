/** The tenant of the example, made by the operator's API: what a person does once with `npm run tenant`. */

/** What a backend knows of its tenant. */
export interface Tenant {
  /** Where Kith is. */
  readonly url: string;
  readonly slug: string;
  /** Which of its secrets this is. */
  readonly kid: string;
  readonly secret: string;
}

export async function makeTenant(
  url: string,
  operatorToken: string,
  slug: string,
  origin: string,
): Promise<Tenant> {
  const ask = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(new URL(`/v1/operator/tenants${path}`, url), {
      method: 'POST',
      headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`The operator's API answered ${await response.text()}`);
    return response.json();
  };
  await ask('', { slug, name: 'Acme Orders', origins: [origin] });
  const { kid, secret } = (await ask(`/${slug}/token-keys`, {})) as { kid: string; secret: string };
  return { url, slug, kid, secret };
}
