import { describe, expect, it } from 'vitest';
import { defaultConfig, parseCommandLine } from './config.ts';

const problems = (environment: Record<string, string>, args: string[] = []): readonly string[] => {
  const parsed = parseCommandLine(args, environment);
  return parsed.type === 'refused' ? parsed.problems : [];
};

describe('configuration', () => {
  it('has safe defaults: only this machine, no proxy believed, rates on', () => {
    expect(parseCommandLine([], {})).toEqual({ type: 'run', demo: false, config: defaultConfig() });
    expect(defaultConfig()).toMatchObject({
      port: 4040,
      host: '127.0.0.1',
      dataDirectory: './data',
      databaseUrl: null,
      trustedProxies: 0,
      rateFactor: 1,
      signUp: 'open',
    });
  });

  it('reads every setting, typed; an empty one counts as unset', () => {
    const parsed = parseCommandLine(['--demo'], {
      PORT: '80',
      HOST: '0.0.0.0',
      KITH_DATA: '/srv/kith',
      DATABASE_URL: 'postgres://kith@db/kith',
      KITH_DATABASE_POOL: '20',
      KITH_BUS: 'nats://a:4222, tls://kith:pass@b',
      KITH_PUBLIC_URL: 'https://Chat.example.org/, http://localhost:4040',
      KITH_SECRET: 's'.repeat(32),
      KITH_FORMER_SECRETS: ` ${'r'.repeat(32)}  ${'q'.repeat(40)}`,
      KITH_TRUST_PROXY: '1',
      KITH_RATE_FACTOR: '0.5',
      KITH_SIGN_UP: 'closed',
      KITH_FILE_QUOTA: '10 GB',
      KITH_FILE_TYPES: 'Image, video,application/pdf',
      KITH_LOG_LEVEL: '',
    });
    expect(parsed).toMatchObject({
      demo: true,
      config: {
        port: 80,
        databaseUrl: 'postgres://kith@db/kith',
        databasePool: 20,
        bus: ['nats://a:4222', 'tls://kith:pass@b'],
        publicOrigins: ['https://chat.example.org', 'http://localhost:4040'],
        formerSecrets: ['r'.repeat(32), 'q'.repeat(40)],
        trustedProxies: 1,
        rateFactor: 0.5,
        signUp: 'closed',
        fileQuota: 10_000_000_000,
        fileTypes: ['image', 'video', 'application/pdf'],
        logLevel: 'info',
      },
    });
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['DATABASE_URL', 'mysql://x'],
    ['KITH_DATABASE_POOL', '0'],
    ['KITH_SHARDS', '65'],
    ['KITH_BUS', 'redis://x'],
    ['KITH_BUS', 'nats://x,'],
    ['KITH_PUBLIC_URL', 'chat.example.org'],
    ['KITH_PUBLIC_URL', 'https://chat.example.org/kith'],
    ['KITH_SECRET', 'short'],
    ['KITH_FORMER_SECRETS', `${'r'.repeat(32)} short`],
    ['KITH_TRUST_PROXY', 'yes'],
    ['KITH_RATE_FACTOR', '-1'],
    ['KITH_SIGN_UP', 'maybe'],
    ['KITH_FILE_TYPES', 'image/*'],
    ['KITH_FILE_TYPES', 'image,,video'],
    ['KITH_FILE_QUOTA', 'much'],
    ['KITH_CLAMAV', 'localhost:3310'],
    ['KITH_SMTP_URL', 'mail.example.org'],
    ['KITH_SMTP_URL', 'smtp://kith:secret@mail.example.org?tls=never'],
    ['KITH_MAIL_FROM', 'Kith'],
    ['KITH_LOG_LEVEL', 'loud'],
  ])('refuses %s=%s in one line that names it', (name, value) => {
    const lines = problems({ [name]: value });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${name} must [^\n]*\\.$`));
  });

  it('repeats nothing that holds a secret', () => {
    const lines = problems({
      DATABASE_URL: 'mysql://kith:secret@db/kith',
      KITH_BUS: 'redis://kith:secret@bus',
      KITH_SECRET: 'secret',
      KITH_METRICS_TOKEN: 'secret',
      KITH_FILE_KEYS: 'secret,secret',
      KITH_SMTP_URL: 'smtp://kith:secret@mail.example.org/?tls=maybe',
    });
    expect(lines).toHaveLength(6);
    expect(lines.join('\n')).not.toContain('secret');
  });

  it('sends mails only when it knows what they lead back to, and what they come from', () => {
    const smtp = { KITH_SMTP_URL: 'smtp://kith:pass@mail.example.org' };
    expect(problems(smtp)).toEqual(['KITH_SMTP_URL needs KITH_PUBLIC_URL: mails lead back to it.']);
    expect(problems({ ...smtp, KITH_PUBLIC_URL: 'https://192.0.2.1' })).toEqual([
      'KITH_SMTP_URL needs KITH_MAIL_FROM, as KITH_PUBLIC_URL names no domain.',
    ]);
    expect(problems({ ...smtp, KITH_PUBLIC_URL: 'https://chat.example.org' })).toEqual([]);
    const from = { KITH_PUBLIC_URL: 'https://192.0.2.1', KITH_MAIL_FROM: 'Kith <kith@example.org>' };
    expect(problems({ ...smtp, ...from })).toEqual([]);
  });

  it('asks nobody for a code that nobody gets', () => {
    const on = { KITH_PROVE_EMAIL: 'on' };
    expect(problems(on)).toEqual([]);
    const alone = ['KITH_PROVE_EMAIL needs KITH_SMTP_URL: nobody would get their code.'];
    expect(problems({ ...on, HOST: '0.0.0.0' })).toEqual(alone);
    expect(problems({ ...on, KITH_PUBLIC_URL: 'https://chat.example.org' })).toEqual(alone);
  });

  it('refuses many nodes on the embedded database', () => {
    expect(problems({ KITH_BUS: 'nats://x' })).toEqual([
      'KITH_BUS needs DATABASE_URL: the embedded database serves one process.',
    ]);
  });

  it('names everything that is wrong at once, unknown options too', () => {
    expect(problems({ PORT: 'x', KITH_SIGN_UP: 'x' }, ['--prot=1'])).toHaveLength(3);
  });

  it('prints every setting with its default', () => {
    const parsed = parseCommandLine(['--help', '--nonsense'], { PORT: 'x' });
    if (parsed.type !== 'help') return expect.fail('not help');
    for (const name of ['PORT', 'HOST', 'KITH_DATA', 'DATABASE_URL', 'KITH_SECRET', '--demo']) {
      expect(parsed.text).toContain(name);
    }
    expect(parsed.text).toMatch(/PORT +number, default: 4040/);
  });
});
