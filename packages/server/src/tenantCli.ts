/**
 * `npm run tenant`: tenants by command. With KITH_OPERATOR_TOKEN and KITH_URL it asks a running service; otherwise it works on the
 * database itself, which the embedded one allows only while the service is stopped.
 */
import { type OperatorCall, operatorCalls, type WireError } from '@kith/protocol';
import { tenantKeys } from './accounts/embed/embed.ts';
import { createHostSessions } from './accounts/embed/hostSessions.ts';
import { loadSecret } from './accounts/secret.ts';
import { createOperator } from './accounts/tenants/operator.ts';
import { tenantsDb } from './accounts/tenants/tables.ts';
import { type Config, parseCommandLine } from './config.ts';
import { DataInUseError, lockData } from './dataLock.ts';
import { createAnnouncer } from './fanout/announcer.ts';
import { localBus } from './fanout/bus.ts';
import { openDatabase } from './store/database.ts';

const USAGE = `Tenants of a Kith: people of a host application come into one by the host's tokens.

Usage: npm run tenant -- <command> [<slug>] [name=value …]

  create <slug> name=Acme [origins=https://app.acme.org] [signUp=open|invited|closed] [jwksUrl=https://…]
  list
  show <slug>
  set <slug> [name=…] [origins=…,…] [signUp=…] [jwksUrl=…|null] [quotas.people=100] [features.polls=false] [strangers=true|false|null]
  disable <slug>            enable <slug>
  keys <slug>               Another secret for the host's tokens (two are valid at a time)
  keys <slug> remove=<kid>
  api-keys <slug> name=Backend scopes=people:write,conversations:write,messages:send [expiresAt=…]
  api-keys <slug> rotate=<id> | revoke=<id>
  events <slug>             Keys made and removed, tokens refused and why

With KITH_OPERATOR_TOKEN set, and KITH_URL (http://localhost:4040 unless told), a running service is asked. Otherwise the database
is opened here: DATABASE_URL, or the embedded one in KITH_DATA while the service is stopped.
`;

type Values = Readonly<Record<string, unknown>>;

export type Asked =
  | { readonly type: 'help' }
  | { readonly type: 'wrong'; readonly problem: string }
  | { readonly type: 'call'; readonly name: OperatorCall; readonly input: Values };

const COMMANDS: ReadonlySet<string> = new Set([
  'create',
  'list',
  'show',
  'set',
  'disable',
  'enable',
  'keys',
  'api-keys',
  'events',
]);

/** What the words of the command line ask for. */
export function parseTenantCommand(args: readonly string[]): Asked {
  const [command, ...rest] = args;
  if (command === undefined || command === 'help' || command.startsWith('-')) return { type: 'help' };
  if (!COMMANDS.has(command)) return { type: 'wrong', problem: `There is no command ${command}.` };
  const slug = command === 'list' ? undefined : rest[0];
  const pairs = command === 'list' ? rest : rest.slice(1);
  if (command !== 'list' && (slug === undefined || slug.includes('=')))
    return { type: 'wrong', problem: `${command} needs the slug of a tenant.` };
  const values: Record<string, unknown> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) return { type: 'wrong', problem: `${pair} is not of the form name=value.` };
    put(values, pair.slice(0, at), pair.slice(at + 1));
  }
  const call = (name: OperatorCall, input: Values = { ...values, slug }): Asked => ({
    type: 'call',
    name,
    input,
  });
  const { remove, rotate, revoke, ...others } = values;
  switch (command) {
    case 'create':
      return call('createTenant');
    case 'list':
      return call('listTenants', values);
    case 'show':
      return call('showTenant');
    case 'set':
      return call('setTenant');
    case 'disable':
      return call('disableTenant');
    case 'enable':
      return call('enableTenant');
    case 'events':
      return call('listTenantEvents');
    case 'keys':
      return remove === undefined
        ? call('createTokenKey')
        : call('removeTokenKey', { slug, ...others, kid: remove });
    case 'api-keys':
      if (rotate !== undefined) return call('rotateApiKey', { slug, ...others, keyId: rotate });
      if (revoke !== undefined) return call('revokeApiKey', { slug, ...others, keyId: revoke });
      return call('createApiKey');
    default:
      return { type: 'wrong', problem: `There is no command ${command}.` };
  }
}

const LISTS = new Set(['origins', 'scopes']);
const GROUPS = new Set(['quotas', 'features']);

function put(values: Record<string, unknown>, name: string, text: string): void {
  const [group = '', field] = name.split('.');
  if (field === undefined) {
    values[name] = LISTS.has(name) ? text.split(',').filter((part) => part !== '') : scalar(name, text);
  } else if (GROUPS.has(group)) {
    values[group] = { ...(values[group] as Values | undefined), [field]: scalar(field, text) };
  } else values[name] = text;
}

/** Names stay text, whatever they look like. */
function scalar(name: string, text: string): unknown {
  if (name === 'name' || name === 'remove' || name === 'rotate' || name === 'revoke') return text;
  if (text === 'null' || text === 'true' || text === 'false') return JSON.parse(text);
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

type Ask = (name: OperatorCall, input: Values) => Promise<unknown>;

const ASK_MS = 30_000;

/** A running service. */
const overHttp =
  (url: string, token: string): Ask =>
  async (name, input) => {
    const { method, path } = operatorCalls[name].http;
    const rest: Record<string, unknown> = { ...input };
    const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => {
      const value = String(rest[field]);
      delete rest[field];
      return encodeURIComponent(value);
    });
    const byQuery = method === 'GET' || method === 'DELETE';
    const query = byQuery ? `?${new URLSearchParams(rest as Record<string, string>)}` : '';
    const response = await fetch(new URL(`/v1${filled}${query}`, url), {
      method,
      headers: { authorization: `Bearer ${token}`, ...(!byQuery && { 'content-type': 'application/json' }) },
      ...(!byQuery && { body: JSON.stringify(rest) }),
      signal: AbortSignal.timeout(ASK_MS),
    });
    const json = (await response.json()) as { readonly error?: WireError };
    if (json.error) throw new Error(said(json.error));
    return json;
  };

const said = ({ message, fields }: Pick<WireError, 'message' | 'fields'>): string =>
  [message, ...(fields ?? []).map((field) => `  ${field.path}: ${field.message}`)].join('\n');

/** The database, with nobody else at work in it, or on a server that many share. */
async function onDatabase(config: Config, name: OperatorCall, input: Values): Promise<unknown> {
  const parsed = operatorCalls[name].input.safeParse(input);
  if (!parsed.success)
    throw new Error(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    );
  const lock = config.databaseUrl === null ? await lockData(config.dataDirectory) : null;
  const database = await openDatabase(
    config.databaseUrl === null ? { directory: config.dataDirectory } : { url: config.databaseUrl },
  );
  const bus = localBus();
  try {
    const db = tenantsDb(database.db);
    const sessions = createHostSessions({ db, announcer: createAnnouncer(bus), bus, now: Date.now });
    const operator = createOperator({
      db,
      keys: tenantKeys([
        config.secret ?? (await loadSecret(database.db, 'session')),
        ...config.formerSecrets,
      ]),
      // Services on this database look every some seconds.
      changed: async () => undefined,
      endSessions: sessions.endAll,
    });
    const answer = operator[name] as (who: undefined, input: unknown) => Promise<unknown>;
    return await answer(undefined, parsed.data);
  } finally {
    await bus.close();
    await database.close();
    await lock?.release();
  }
}

async function main(): Promise<void> {
  const asked = parseTenantCommand(process.argv.slice(2));
  if (asked.type === 'help') return void process.stdout.write(USAGE);
  if (asked.type === 'wrong') {
    process.stderr.write(`${asked.problem} npm run tenant says what there is.\n`);
    process.exitCode = 2;
    return;
  }
  const commandLine = parseCommandLine([], process.env);
  if (commandLine.type !== 'run') {
    if (commandLine.type === 'refused') process.stderr.write(`${commandLine.problems.join('\n')}\n`);
    process.exitCode = 2;
    return;
  }
  const { config } = commandLine;
  try {
    const answer =
      config.operatorToken === null
        ? await onDatabase(config, asked.name, asked.input)
        : await overHttp(process.env['KITH_URL'] ?? `http://localhost:${config.port}`, config.operatorToken)(
            asked.name,
            asked.input,
          );
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  } catch (error) {
    const hint =
      error instanceof DataInUseError
        ? '\nThe service runs: set KITH_OPERATOR_TOKEN for both, and it is asked instead.'
        : '';
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}${hint}\n`);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
