/** ejabberd as an expert sets it up for speed: only what the work needs is on, nothing is throttled. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres } from '@kith/tools/services/postgres.ts';
import { freePort, unprivilegedUser } from '@kith/tools/services/processes.ts';
import pg from 'pg';
import { postgresSettings, serverCore } from '../stack.ts';
import { type Child, startChild, temporaryFolder } from './child.ts';
import { missingOf, missingPostgres, packageVersion } from './packages.ts';
import type { Running, System } from './system.ts';
import { domain, password, roomDomain, userName, xmppRunning } from './xmpp.ts';

/** Where Debian keeps ejabberd itself. */
const LIBRARIES = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
const SCHEMA = '/usr/share/ejabberd/sql/pg.sql';
/** Connections, and so commits that go to the disk together. 10 and 40 were no faster. */
const POOL = 20;

const base = {
  name: 'ejabberd',
  version: () => `ejabberd ${packageVersion('ejabberd')}`,
};

export const ejabberd: System = {
  ...base,
  id: 'ejabberd',
  archive: 'mod_mam in PostgreSQL',
  onRequest: false,
  guess: { direct: 1_200, group300: 60, group1000: 14 },
  missingPackages: () => [...missingPostgres(), ...missingOf(['ejabberd', 'erlang-p1-pgsql'])],
  start: (people) => start(people, true),
};

export const ejabberdMnesia: System = {
  ...base,
  id: 'ejabberd-mnesia',
  name: 'ejabberd, Mnesia',
  archive: 'mod_mam in Mnesia',
  onRequest: true,
  guess: { direct: 1_300, group300: 70, group1000: 14 },
  missingPackages: () => [...missingPostgres(), ...missingOf(['ejabberd', 'erlang-p1-pgsql'])],
  start: (people) => start(people, false),
};

async function start(people: number, sql: boolean): Promise<Running> {
  const user = await unprivilegedUser('ejabberd', 'nobody');
  const postgres = await startPostgres({ fsync: true, cpu: serverCore, settings: postgresSettings });
  let child: Child | null = null;
  const stop = async (): Promise<void> => {
    await child?.stop();
    await postgres.stop();
  };
  try {
    // Accounts are in PostgreSQL in both forms: signing in is not measured, and they are soon made there.
    await createAccounts(postgres.url, people);
    const folder = await temporaryFolder(user, 'spool');
    const port = await freePort();
    const config = join(folder, 'ejabberd.yml');
    await writeFile(config, configuration(port, new URL(postgres.url), sql));
    child = await startChild({
      // Without a node name there is no distribution, and so no epmd. Schedulers that spin while they wait would take
      // the core from the database they wait for.
      command: [
        ...['erl', '+K', 'true', '+P', '250000', '+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none'],
        ...['-noinput', '-mnesia', 'dir', JSON.stringify(join(folder, 'spool')), '-s', 'ejabberd'],
      ],
      folder,
      user,
      port,
      env: {
        ERL_LIBS: LIBRARIES,
        ERL_MAX_PORTS: '32000',
        ERL_CRASH_DUMP: join(folder, 'crash.dump'),
        EJABBERD_CONFIG_PATH: config,
        EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
      },
    });
    return xmppRunning(port, { serverPids: [child.pid], databasePid: sql ? postgres.pid : null }, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createAccounts(url: string, people: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(await readFile(SCHEMA, 'utf8'));
    await client.query(
      'insert into users (username, password) select name, $2 from unnest($1::text[]) name',
      [Array.from({ length: people }, (_, index) => userName(index)), password],
    );
  } finally {
    await client.end();
  }
}

const configuration = (port: number, database: URL, sql: boolean): string => `
hosts: ["${domain}"]
loglevel: warning
log_rotate_count: 0
listen:
  -
    port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    backlog: 4096
    shaper: none
    starttls: false
auth_method: [sql]
auth_password_format: plain
sql_type: pgsql
sql_server: "127.0.0.1"
sql_port: ${database.port}
sql_database: "postgres"
sql_username: "${database.username}"
sql_password: ""
sql_pool_size: ${POOL}
sql_prepared_statements: true
modules:
  mod_mam:
    default: always
    db_type: ${sql ? 'sql' : 'mnesia'}
  mod_muc:
    host: "${roomDomain}"
    max_users: 5000
    min_message_interval: 0
    min_presence_interval: 0
    user_message_shaper: none
    room_shaper: none
    history_size: 0
    default_room_options:
      mam: true
      max_users: 5000
      presence_broadcast: []
`;
