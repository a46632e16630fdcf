/** H6: every setting in one table, read once from the environment, typed; `--help` prints the table. */
import type { GifProvider } from '@kith/protocol';
import type { ChallengeMode } from './accounts/challenge/doorman.ts';
import { type ProviderSettings, parseProviders } from './accounts/outside/settings.ts';
import { derivedMailFrom, parseMailFrom } from './mail/addresses.ts';
import { mailerKind } from './mail/mailerKind.ts';
import { parseSmtpUrl } from './mail/smtpUrl.ts';
import { parseCallingCodes } from './sms/numbers.ts';
import { parseSmsFrom, parseSmsUrl } from './sms/smsUrl.ts';

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Where the embedded database lives; unused with `databaseUrl`. */
  readonly dataDirectory: string;
  readonly databaseUrl: string | null;
  readonly databasePool: number;
  /** Commits of messages side by side, each with conversations of its own. */
  readonly shards: number;
  /** Where the nodes of one service meet; null: this process is all of it. */
  readonly bus: readonly string[] | null;
  /** Origins of the web app besides the one a request itself came to; the first is where people reach us. */
  readonly publicOrigins: readonly string[];
  readonly secret: string | null;
  /** Those before it: what they signed and closed is still good. */
  readonly formerSecrets: readonly string[];
  /** How many reverse proxies of one's own stand in front; each adds one entry to X-Forwarded-For. */
  readonly trustedProxies: number;
  /** Multiplies every rate limit; 0 switches them off. */
  readonly rateFactor: number;
  readonly signUp: 'open' | 'invited' | 'closed';
  /** When work is asked of whoever signs up; `auto`: while many do. */
  readonly challenge: ChallengeMode;
  /** Whether what spammers do is bounded for new accounts; `auto`: where anybody may sign up and people are reached from afar. */
  readonly strangers: 'auto' | 'on' | 'off';
  /** A sorted list of SHA-1 hashes of leaked passwords; null: only those known to everybody are refused. */
  readonly breachedPasswords: string | null;
  /** Whether an address is proven before an account is let in; null: where this server sends mail. */
  readonly proveEmail: boolean | null;
  /** Whoever shows it manages tenants over HTTP; null: nobody does. */
  readonly operatorToken: string | null;
  /** Whether public keys of hosts may lie in one's own network, and be fetched without TLS. */
  readonly privateKeys: boolean;
  readonly metricsToken: string | null;
  /** Who is asked for GIFs; with its key. Null: nobody, and there is no search. */
  readonly gifProvider: GifProvider | null;
  readonly gifKey: string | null;
  /** Another address of it. */
  readonly gifUrl: string | null;
  /** Whether the pages behind links are fetched, to show what they are. */
  readonly linkPreviews: boolean;
  /** Where bytes of files lie; null: in `files` of the data directory. Unused with `s3`. */
  readonly filesDirectory: string | null;
  /** A store of objects: where it answers, with which bucket in the path. */
  readonly s3Url: string | null;
  readonly s3Region: string;
  readonly s3Key: string | null;
  readonly s3Secret: string | null;
  /** Browsers fetch files there themselves; then they are not ciphered here. */
  readonly s3Direct: boolean;
  /** Master keys, the present one first. None: one is made once and kept in the database. */
  readonly fileKeys: readonly string[];
  /** Of one file, bytes. */
  readonly fileBytes: number;
  /** Of one person, bytes; null: no bound. */
  readonly fileQuota: number | null;
  /** Media types that are taken, or their first halves; null: all. */
  readonly fileTypes: readonly string[] | null;
  /** Where files are scanned. */
  readonly scanner: string | null;
  /** Whether films that not every browser plays are made into such that they do. */
  readonly transcode: boolean;
  /** Other services people may sign in by. */
  readonly providers: readonly ProviderSettings[];
  /** The server that takes our mail, `smtp://…` as smtpUrl.ts reads it. */
  readonly smtpUrl: string | null;
  /** The provider that sends text messages, `https://account:token@…` as smsUrl.ts reads it. */
  readonly smsUrl: string | null;
  /** What they come from. */
  readonly smsFrom: string | null;
  /** At most so many in a day. */
  readonly smsDaily: number;
  /** Calling codes of the countries they go to; null: all. */
  readonly smsCountries: readonly string[] | null;
  /** What mails come from; null: derived from the first of `publicOrigins`. */
  readonly mailFrom: string | null;
  readonly logLevel: LogLevel;
}

interface Setting<T> {
  readonly name: string;
  /** As one would write it in the environment; shown by `--help`. */
  readonly default: string;
  readonly type: string;
  readonly description: string;
  /** What is wrong with it is said without it. */
  readonly hidden?: true;
  /** Throws an Error that says what the value must be. */
  readonly parse: (value: string, environment: Environment) => T;
}

const text = (value: string): string => value;

const integer =
  (min: number, max: number) =>
  (value: string): number => {
    const parsed = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (!(parsed >= min && parsed <= max)) throw new Error(`must be a whole number from ${min} to ${max}`);
    return parsed;
  };

const factor = (value: string): number => {
  const parsed = /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(parsed)) throw new Error('must be a number, 0 or more');
  return parsed;
};

const oneOf =
  <T extends string>(...values: readonly T[]) =>
  (value: string): T => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`);
    return found;
  };

const optional =
  <T>(parse: (value: string) => T) =>
  (value: string): T | null =>
    value === '' ? null : parse(value);

const postgresUrl = (value: string): string => {
  const protocol = URL.canParse(value) ? new URL(value).protocol : '';
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') {
    throw new Error('must be of the form postgres://user:password@host:5432/database');
  }
  return value;
};

const natsUrls = (value: string): string[] =>
  value.split(',').map((part) => {
    const url = part.trim();
    if (!URL.canParse(url) || !/^(nats|tls):$/.test(new URL(url).protocol)) {
      throw new Error(
        'must be of the form nats://user:password@host:4222; several of one cluster with commas',
      );
    }
    return url;
  });

const origins = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const url = URL.canParse(part) ? new URL(part) : null;
      if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash) {
        throw new Error('must be one or more origins such as https://chat.example.org, with commas between');
      }
      return url.origin;
    });

const origin = (value: string): string => {
  const [one, another] = origins(value);
  if (one === undefined || another !== undefined)
    throw new Error('must be one origin such as https://gifs.example.org');
  return one;
};

const secret = (value: string): string => {
  if (value.length < 32) throw new Error('must have at least 32 characters');
  return value;
};

/** What travels in a header. */
const bearer = (value: string): string => {
  if (!/^[\x21-\x7e]*$/.test(value)) throw new Error('must be of plain letters, without spaces');
  return secret(value);
};

/** Checked here, read where it is used. */
const checked =
  (parse: (value: string) => unknown) =>
  (value: string): string => {
    parse(value);
    return value;
  };

const UNITS = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 } as const;

const size = (value: string): number => {
  const [, number, unit = ''] = /^(\d{1,9})(?: ?([kmgt])b?)?$/i.exec(value) ?? [];
  if (number === undefined) throw new Error('must be a size such as 500MB or 2GB');
  return Number(number) * UNITS[unit.toLowerCase() as keyof typeof UNITS];
};

const mediaTypes = (value: string): string[] =>
  value.split(',').map((part) => {
    const type = part.trim().toLowerCase();
    if (!/^[a-z0-9.+-]{1,40}(\/[a-z0-9.+-]{1,60})?$/.test(type))
      throw new Error('must be media types or their first halves, such as image,video,application/pdf');
    return type;
  });

const bucketUrl = (value: string): string => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || !/^\/[^/]+\/?$/.test(url.pathname))
    throw new Error('must be an address with the bucket, such as https://s3.example.org/bucket');
  return value;
};

const scanner = (value: string): string => {
  if (!/^(tcp:\/\/[^\s/:]+:\d{1,5}|unix:\/.+)$/.test(value))
    throw new Error('must be of the form tcp://host:3310 or unix:/run/clamav/clamd.ctl');
  return value;
};

const settings: { readonly [K in keyof Config]: Setting<Config[K]> } = {
  port: {
    name: 'PORT',
    default: '4040',
    type: 'number',
    description: 'The port to listen on; 0 takes any that is free.',
    parse: integer(0, 65_535),
  },
  host: {
    name: 'HOST',
    // Whoever comes first becomes the owner: until somebody says otherwise, only this machine may come.
    default: '127.0.0.1',
    type: 'address',
    description:
      'The address to listen on. The default lets in only this machine; 0.0.0.0 lets in the network.',
    parse: text,
  },
  dataDirectory: {
    name: 'KITH_DATA',
    default: './data',
    type: 'folder',
    description:
      'Where the embedded database and the files people send are kept. With DATABASE_URL and KITH_FILES or KITH_S3_URL, unused.',
    parse: text,
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    default: '',
    type: 'URL',
    hidden: true,
    description: 'A PostgreSQL database, postgres://…; without it, the embedded one is used.',
    parse: optional(postgresUrl),
  },
  databasePool: {
    name: 'KITH_DATABASE_POOL',
    default: '8',
    type: 'number',
    description: 'Connections to PostgreSQL that this process may hold.',
    parse: integer(2, 500),
  },
  shards: {
    name: 'KITH_SHARDS',
    default: '1',
    type: 'number',
    description:
      'So many commits of messages run side by side; more than one for a database with many cores.',
    parse: integer(1, 64),
  },
  bus: {
    name: 'KITH_BUS',
    default: '',
    type: 'URLs',
    hidden: true,
    description:
      'NATS, nats://…, where several processes on one DATABASE_URL become one service. Without it, this process is all of it.',
    parse: optional(natsUrls),
  },
  publicOrigins: {
    name: 'KITH_PUBLIC_URL',
    default: '',
    type: 'origins',
    description:
      'Where people reach Kith, such as https://chat.example.org; several with commas. https makes cookies Secure. Without it, the Host a request names counts as our own.',
    parse: origins,
  },
  secret: {
    name: 'KITH_SECRET',
    default: '',
    type: 'text',
    hidden: true,
    description:
      'Signs session tokens, and ciphers the secrets of second factors; 32 characters or more. Without it, one is made once and kept in the database. Changing it signs everybody out and voids their authenticator apps, unless the one before stands in KITH_FORMER_SECRETS.',
    parse: optional(secret),
  },
  formerSecrets: {
    name: 'KITH_FORMER_SECRETS',
    default: '',
    type: 'text',
    hidden: true,
    description:
      'What KITH_SECRET was before, with spaces between: what they signed and ciphered is still good. Take one away after 30 days, or at once when it became known; recovery codes that were made with it end then, and authenticator apps that were not used since.',
    parse: (value) =>
      value
        .split(/\s+/)
        .filter((part) => part !== '')
        .map(secret),
  },
  trustedProxies: {
    name: 'KITH_TRUST_PROXY',
    default: '0',
    type: 'number',
    description:
      'How many reverse proxies of yours stand in front; that many of X-Forwarded-For are believed.',
    parse: integer(0, 10),
  },
  rateFactor: {
    name: 'KITH_RATE_FACTOR',
    default: '1',
    type: 'number',
    description: 'Multiplies every rate limit; 0 switches them off (load tests).',
    parse: factor,
  },
  signUp: {
    name: 'KITH_SIGN_UP',
    default: 'open',
    type: 'open | invited | closed',
    description:
      'Who may make an account: anybody, who was invited, or nobody. The very first account may always be made. What is chosen in the app goes before.',
    parse: oneOf('open', 'invited', 'closed'),
  },
  challenge: {
    name: 'KITH_CHALLENGE',
    default: 'auto',
    type: 'auto | on | off',
    description:
      'Whether the device of whoever signs up, or asks for mail, has to work for a second or so, which nobody notices. auto: only while many do, in all, from one network or for one address.',
    parse: oneOf('auto', 'on', 'off'),
  },
  strangers: {
    name: 'KITH_STRANGERS',
    default: 'auto',
    type: 'auto | on | off',
    description:
      'Whether new accounts are held back in what spammers do: writing to people who do not know them, and adding them to groups. auto: where sign-up is open and KITH_PUBLIC_URL is set.',
    parse: oneOf('auto', 'on', 'off'),
  },
  breachedPasswords: {
    name: 'KITH_BREACHED_PASSWORDS',
    default: '',
    type: 'file',
    description:
      'A list of leaked passwords that new ones must not be in: lines of SHA-1 hash, colon and count, sorted by hash, as the downloader of Have I Been Pwned writes them to one file. It is searched on this machine; nothing is asked of anybody. Without it, some fifty thousand of the most used are refused, and what is easily guessed.',
    parse: optional(text),
  },
  proveEmail: {
    name: 'KITH_PROVE_EMAIL',
    default: '',
    type: 'on | off',
    description:
      'Whether people show that an address is theirs, by a code that is mailed there, before they come in. Without it: on, where KITH_SMTP_URL is set.',
    parse: optional((value) => oneOf('on', 'off')(value) === 'on'),
  },
  operatorToken: {
    name: 'KITH_OPERATOR_TOKEN',
    default: '',
    type: 'text',
    hidden: true,
    description:
      'Whoever shows it as a bearer token makes and manages tenants below /v1/operator; 32 characters or more. Without it, nobody does over HTTP: see npm run tenant.',
    parse: optional(bearer),
  },
  privateKeys: {
    name: 'KITH_PRIVATE_KEY_URLS',
    default: 'off',
    type: 'on | off',
    description:
      'Whether the public keys of host applications (JWKS), and pictures of their people, may be fetched from addresses of your own network, and without TLS. For development, and where hosts stand in the same network.',
    parse: (value) => oneOf('on', 'off')(value) === 'on',
  },
  metricsToken: {
    name: 'KITH_METRICS_TOKEN',
    default: '',
    type: 'text',
    hidden: true,
    description:
      'Whoever shows it as a bearer token may read /metrics. Without it, only this machine may, and not through a proxy.',
    parse: optional(secret),
  },
  gifProvider: {
    name: 'KITH_GIF_PROVIDER',
    default: '',
    type: 'tenor | giphy',
    description:
      'Who is asked when people search GIFs. This server asks and hands the pictures on, so that people stay unknown there. Needs KITH_GIF_KEY; without, there is no search.',
    parse: optional(oneOf('tenor', 'giphy')),
  },
  gifKey: {
    name: 'KITH_GIF_KEY',
    default: '',
    type: 'text',
    hidden: true,
    description: 'The key of your account at the provider of GIFs.',
    parse: optional(text),
  },
  gifUrl: {
    name: 'KITH_GIF_URL',
    default: '',
    type: 'URL',
    description: 'Another address of the provider of GIFs, such as a proxy of yours.',
    parse: optional(origin),
  },
  linkPreviews: {
    name: 'KITH_LINK_PREVIEWS',
    default: 'on',
    type: 'on | off',
    description:
      'Whether this server fetches the page behind the first link of a message, to show its title and picture. It calls public addresses only.',
    parse: (value) => oneOf('on', 'off')(value) === 'on',
  },
  filesDirectory: {
    name: 'KITH_FILES',
    default: '',
    type: 'folder',
    description:
      'Where files that people send are kept, ciphered; without it, in KITH_DATA. Several nodes need the same one, or S3.',
    parse: optional(text),
  },
  s3Url: {
    name: 'KITH_S3_URL',
    default: '',
    type: 'URL',
    description:
      'Keeps files in a store that speaks S3 instead: its address with the bucket, https://s3.example.org/bucket. Needs KITH_S3_KEY and KITH_S3_SECRET.',
    parse: optional(bucketUrl),
  },
  s3Region: {
    name: 'KITH_S3_REGION',
    default: 'us-east-1',
    type: 'text',
    description: 'Its region.',
    parse: text,
  },
  s3Key: {
    name: 'KITH_S3_KEY',
    default: '',
    type: 'text',
    description: 'The id of the access key there.',
    parse: optional(text),
  },
  s3Secret: {
    name: 'KITH_S3_SECRET',
    default: '',
    type: 'text',
    hidden: true,
    description: 'The secret of the access key.',
    parse: optional(text),
  },
  s3Direct: {
    name: 'KITH_S3_DIRECT',
    default: 'off',
    type: 'on | off',
    description:
      'Lets browsers fetch files from the store themselves, by addresses signed for minutes. New files are then not ciphered by Kith: the store has to. Its bucket must let pages of KITH_PUBLIC_URL read from it (CORS).',
    parse: (value) => oneOf('on', 'off')(value) === 'on',
  },
  fileKeys: {
    name: 'KITH_FILE_KEYS',
    default: '',
    type: 'text',
    hidden: true,
    description:
      'Master keys of the cipher that files lie in, 32 characters or more each, the present one first, with commas. To change it, put the new one before the old one; when the log says that all keys are wrapped by it, the old one may go. Without it, one is made and kept in the database.',
    parse: (value) => (value === '' ? [] : value.split(',').map((part) => secret(part.trim()))),
  },
  fileBytes: {
    name: 'KITH_FILE_SIZE',
    default: '2GB',
    type: 'size',
    description: 'The largest file that may be sent.',
    parse: size,
  },
  fileQuota: {
    name: 'KITH_FILE_QUOTA',
    default: '',
    type: 'size',
    description:
      'What one person may keep here in files altogether, such as 10GB. Without it there is no bound.',
    parse: optional(size),
  },
  fileTypes: {
    name: 'KITH_FILE_TYPES',
    default: '',
    type: 'media types',
    description:
      'What may be sent, such as image,video,audio,application/pdf: media types or their first halves, with commas, as they are found in the files themselves. Without it, everything may.',
    parse: optional(mediaTypes),
  },
  scanner: {
    name: 'KITH_CLAMAV',
    default: '',
    type: 'address',
    description:
      'A ClamAV daemon that looks at every file, and every picture of a person, emoji and sticker, before it can be used: tcp://host:3310 or unix:/run/clamav/clamd.ctl.',
    parse: optional(scanner),
  },
  transcode: {
    name: 'KITH_TRANSCODE',
    default: 'on',
    type: 'on | off',
    description:
      'Whether films that not every browser plays are made into MP4 beside the original. Needs ffmpeg on this machine; one at a time, with a processor that nobody else wants.',
    parse: (value) => oneOf('on', 'off')(value) === 'on',
  },
  providers: {
    name: 'KITH_PROVIDERS',
    default: '',
    type: 'JSON | file',
    hidden: true,
    description:
      'Other services people may sign in by: a list in JSON, or a file with it, of {"id", "preset", "clientId", "clientSecret"}, where preset is google, github, apple or microsoft; or any that speaks OpenID Connect, with "issuer" and "name" instead. "clientSecretEnv" names a variable with the secret. Each is told the address KITH_PUBLIC_URL/v1/auth/outside/<id>/callback. See docs/decisions/0023-outside.md.',
    parse: parseProviders,
  },
  smtpUrl: {
    name: 'KITH_SMTP_URL',
    default: '',
    type: 'URL',
    hidden: true,
    description:
      'The server that sends our mail: smtp://user:password@host:587, or smtps://… with TLS from the start. With smtp, STARTTLS and a certificate that holds are demanded of every host but this machine; ?tls=never at the end does without, for a host on a network of yours, and then without a password; ?tls=always demands it here too. Without it, mails are printed to the log where only this machine gets in, or KITH_PUBLIC_URL is this machine; otherwise there are none.',
    parse: optional(checked(parseSmtpUrl)),
  },
  smsUrl: {
    name: 'KITH_SMS_URL',
    default: '',
    type: 'URL',
    hidden: true,
    description:
      'The provider that sends codes to phones, so that people may sign in by their number: the address of Twilio’s Messages API, or of another that speaks like it, https://account:token@api.twilio.com/2010-04-01/Accounts/account/Messages.json. Needs KITH_SMS_FROM. Without it, codes are printed to the log where mails would be; otherwise nobody signs in by number.',
    parse: optional(checked(parseSmsUrl)),
  },
  smsFrom: {
    name: 'KITH_SMS_FROM',
    default: '',
    type: 'number | name',
    description:
      'What they come from: a number of yours there such as +4915123456789, a name of up to 11 letters, or the id of a messaging service (MG…).',
    parse: optional(checked(parseSmsFrom)),
  },
  smsDaily: {
    name: 'KITH_SMS_DAILY',
    default: '500',
    type: 'number',
    description:
      'At most so many text messages in a day, as each costs money. Half of them, and of one country a quarter of that where KITH_SMS_COUNTRIES names none, may go to numbers that no account has yet.',
    parse: integer(1, 1_000_000),
  },
  smsCountries: {
    name: 'KITH_SMS_COUNTRIES',
    default: '',
    type: 'calling codes',
    description:
      'Calling codes of the countries that text messages go to, such as 49,43,41. Without it, all; whoever knows where their people are should name them.',
    parse: optional(parseCallingCodes),
  },
  mailFrom: {
    name: 'KITH_MAIL_FROM',
    default: '',
    type: 'address',
    description:
      'What mails come from: kith@example.org or Kith <kith@example.org>. Without it, kith@ the host of KITH_PUBLIC_URL.',
    parse: optional(checked(parseMailFrom)),
  },
  logLevel: {
    name: 'KITH_LOG_LEVEL',
    default: 'info',
    type: logLevels.join(' | '),
    description: 'What is logged to standard error, one JSON object a line.',
    parse: oneOf(...logLevels),
  },
};

const flags = [
  {
    name: '--demo',
    description: 'Fill an empty database with a small lively world, and say how to sign in.',
  },
  { name: '--help', description: 'Print this and exit.' },
] as const;

export type CommandLine =
  | { readonly type: 'run'; readonly config: Config; readonly demo: boolean }
  | { readonly type: 'help'; readonly text: string }
  /** One clear line for everything that is wrong. */
  | { readonly type: 'refused'; readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration of tests: the defaults, but for what is given. */
export const defaultConfig = (overrides: Partial<Config> = {}): Config => ({
  ...readConfig({}, []),
  ...overrides,
});

/** What the command line and the environment ask for. Reads nothing else, but for a file that is named, and changes nothing. */
export function parseCommandLine(args: readonly string[], environment: Environment): CommandLine {
  if (args.includes('--help') || args.includes('-h')) return { type: 'help', text: helpText() };
  const problems: string[] = [];
  for (const arg of args) {
    if (!flags.some((flag) => flag.name === arg)) {
      problems.push(`${arg}: there is no such option. Settings come from the environment; see --help.`);
    }
  }
  const config = readConfig(environment, problems);
  if (config.bus !== null && config.databaseUrl === null) {
    problems.push(
      `${settings.bus.name} needs ${settings.databaseUrl.name}: the embedded database serves one process.`,
    );
  }
  if (config.gifProvider !== null && config.gifKey === null) {
    problems.push(
      `${settings.gifProvider.name} needs ${settings.gifKey.name}: it answers nobody without a key.`,
    );
  }
  if (config.s3Url !== null && (config.s3Key === null || config.s3Secret === null)) {
    problems.push(
      `${settings.s3Url.name} needs ${settings.s3Key.name} and ${settings.s3Secret.name}: it lets nobody in without.`,
    );
  }
  if (config.s3Direct && config.s3Url === null) {
    problems.push(`${settings.s3Direct.name} needs ${settings.s3Url.name}.`);
  }
  const [publicOrigin] = config.publicOrigins;
  if (config.smtpUrl !== null && publicOrigin === undefined) {
    problems.push(`${settings.smtpUrl.name} needs ${settings.publicOrigins.name}: mails lead back to it.`);
  } else if (config.smtpUrl !== null && config.mailFrom === null && !derivedMailFrom(publicOrigin ?? '')) {
    problems.push(
      `${settings.smtpUrl.name} needs ${settings.mailFrom.name}, as ${settings.publicOrigins.name} names no domain.`,
    );
  }
  if (config.smsUrl !== null && config.smsFrom === null) {
    problems.push(`${settings.smsUrl.name} needs ${settings.smsFrom.name}.`);
  }
  if (config.smsUrl !== null && publicOrigin === undefined) {
    problems.push(
      `${settings.smsUrl.name} needs ${settings.publicOrigins.name}: the text says which site its code is for.`,
    );
  }
  if (config.proveEmail && mailerKind(config) === 'none') {
    problems.push(`${settings.proveEmail.name} needs ${settings.smtpUrl.name}: nobody would get their code.`);
  }
  if (problems.length > 0) return { type: 'refused', problems };
  return { type: 'run', config, demo: args.includes('--demo') };
}

function readConfig(environment: Environment, problems: string[]): Config {
  const read = <T>(setting: Setting<T>): T => {
    // An empty variable is an unset one: compose files and CI pass them so.
    const given = environment[setting.name]?.trim();
    try {
      return setting.parse(given || setting.default, environment);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const shown = setting.hidden ? '' : `; it is ${JSON.stringify(given ?? '')}`;
      problems.push(`${setting.name} ${reason}${shown}.`);
      return setting.parse(setting.default, environment);
    }
  };
  return {
    port: read(settings.port),
    host: read(settings.host),
    dataDirectory: read(settings.dataDirectory),
    databaseUrl: read(settings.databaseUrl),
    databasePool: read(settings.databasePool),
    shards: read(settings.shards),
    bus: read(settings.bus),
    publicOrigins: read(settings.publicOrigins),
    secret: read(settings.secret),
    formerSecrets: read(settings.formerSecrets),
    trustedProxies: read(settings.trustedProxies),
    rateFactor: read(settings.rateFactor),
    signUp: read(settings.signUp),
    challenge: read(settings.challenge),
    strangers: read(settings.strangers),
    breachedPasswords: read(settings.breachedPasswords),
    proveEmail: read(settings.proveEmail),
    operatorToken: read(settings.operatorToken),
    privateKeys: read(settings.privateKeys),
    metricsToken: read(settings.metricsToken),
    gifProvider: read(settings.gifProvider),
    gifKey: read(settings.gifKey),
    gifUrl: read(settings.gifUrl),
    linkPreviews: read(settings.linkPreviews),
    filesDirectory: read(settings.filesDirectory),
    s3Url: read(settings.s3Url),
    s3Region: read(settings.s3Region),
    s3Key: read(settings.s3Key),
    s3Secret: read(settings.s3Secret),
    s3Direct: read(settings.s3Direct),
    fileKeys: read(settings.fileKeys),
    fileBytes: read(settings.fileBytes),
    fileQuota: read(settings.fileQuota),
    fileTypes: read(settings.fileTypes),
    scanner: read(settings.scanner),
    transcode: read(settings.transcode),
    providers: read(settings.providers),
    smtpUrl: read(settings.smtpUrl),
    smsUrl: read(settings.smsUrl),
    smsFrom: read(settings.smsFrom),
    smsDaily: read(settings.smsDaily),
    smsCountries: read(settings.smsCountries),
    mailFrom: read(settings.mailFrom),
    logLevel: read(settings.logLevel),
  };
}

function helpText(): string {
  const lines = ['Kith, a messaging server.', '', 'Usage: npm start -- [options]', '', 'Options'];
  for (const flag of flags) lines.push(`  ${flag.name.padEnd(20)} ${flag.description}`);
  lines.push('', 'Settings, from the environment');
  for (const setting of Object.values(settings)) {
    const value = setting.default === '' ? 'none' : setting.default;
    lines.push(`  ${setting.name.padEnd(20)} ${setting.type}, default: ${value}`);
    for (const line of wrap(setting.description, 80)) lines.push(`  ${''.padEnd(20)} ${line}`);
  }
  return `${lines.join('\n')}\n`;
}

function wrap(words: string, width: number): string[] {
  const lines = [''];
  for (const word of words.split(' ')) {
    const line = lines[lines.length - 1] ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
