/**
 * KITH_SMTP_URL, read. Mails carry what opens accounts, so that TLS with a certificate that holds is demanded of every server
 * that is not this machine, unless the address says that the way there is safe; a password never goes without.
 */

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** From the first byte; by STARTTLS, or nothing is sent; or none. */
  readonly tls: 'at_once' | 'demanded' | 'never';
  readonly auth: { readonly user: string; readonly password: string } | null;
}

const FORM =
  'must be of the form smtp://user:password@host:587 or smtps://user:password@host:465, with %-escapes for special characters';

/** This machine: nobody listens in between. */
export const isThisMachine = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?|[a-z0-9-]{1,63}\.localhost)$/i.test(host);

/** @throws Error that says what it must be, and nothing of what it was. */
export function parseSmtpUrl(value: string): SmtpServer {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^smtps?:$/.test(url.protocol)) throw new Error(FORM);
  const { hostname, pathname, hash } = url;
  if (!/^([a-z0-9.-]{1,253}|\[[0-9a-f:.]+\])$/i.test(hostname) || !/^\/?$/.test(pathname) || hash !== '') {
    throw new Error(FORM);
  }
  const [user, password] = [unescaped(url.username), unescaped(url.password)];
  if ((user === '') !== (password === '')) throw new Error(FORM);
  const asked = [...url.searchParams];
  const [name, wish] = asked[0] ?? [];
  if (asked.length > 1 || (asked.length > 0 && (name !== 'tls' || !/^(always|never)$/.test(wish ?? '')))) {
    throw new Error('must end with its host and port, or with ?tls=always or ?tls=never');
  }
  const isLocal = isThisMachine(hostname);
  const tls = tlsOf(url.protocol, wish, isLocal);
  if (tls === 'never' && !isLocal && user !== '') {
    throw new Error(
      'must not send a password to another machine in the clear: leave out ?tls=never, or the password',
    );
  }
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (tls === 'at_once' ? 465 : 587) : Number(url.port),
    tls,
    auth: user === '' ? null : { user, password },
  };
}

function tlsOf(protocol: string, wish: string | undefined, isLocal: boolean): SmtpServer['tls'] {
  if (protocol === 'smtps:') {
    if (wish === 'never') throw new Error('must be smtp://… to go without TLS');
    return 'at_once';
  }
  if (wish === undefined) return isLocal ? 'never' : 'demanded';
  return wish === 'always' ? 'demanded' : 'never';
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error(FORM);
  }
}
