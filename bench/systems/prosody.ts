/** Prosody as an expert sets it up for speed: only what the work needs is on, nothing is throttled. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '@kith/tools/services/postgres.ts';
import { freePort, unprivilegedUser } from '@kith/tools/services/processes.ts';
import { postgresSettings, serverCore } from '../stack.ts';
import { type Child, startChild, temporaryFolder } from './child.ts';
import { missingOf, missingPostgres, packageVersion } from './packages.ts';
import type { Running, System } from './system.ts';
import { domain, roomDomain, xmppRunning } from './xmpp.ts';

const base = {
  version: () => `Prosody ${packageVersion('prosody')}`,
};

export const prosody: System = {
  ...base,
  id: 'prosody',
  name: 'Prosody',
  archive: 'mod_mam in PostgreSQL',
  onRequest: false,
  guess: { direct: 300, group300: 22, group1000: 7 },
  missingPackages: () => [...missingPostgres(), ...missingOf(['prosody', 'lua-dbi-postgresql'])],
  start: (people) => start(people, true),
};

export const prosodyFiles: System = {
  ...base,
  id: 'prosody-files',
  name: 'Prosody, files',
  archive: 'mod_mam in files, without waiting for the disk',
  onRequest: false,
  guess: { direct: 1_400, group300: 22, group1000: 7 },
  missingPackages: () => missingOf(['prosody']),
  start: (people) => start(people, false),
};

async function start(_people: number, sql: boolean): Promise<Running> {
  const user = await unprivilegedUser('prosody', 'nobody');
  let postgres: Postgres | null = null;
  let child: Child | null = null;
  const stop = async (): Promise<void> => {
    await child?.stop();
    await postgres?.stop();
  };
  try {
    if (sql) postgres = await startPostgres({ fsync: true, cpu: serverCore, settings: postgresSettings });
    const folder = await temporaryFolder(user, 'data');
    const port = await freePort();
    const config = join(folder, 'prosody.cfg.lua');
    await writeFile(config, configuration(port, folder, postgres ? new URL(postgres.url) : null));
    child = await startChild({
      command: ['prosody', '-F', '--config', config],
      folder,
      user,
      port,
      env: {},
    });
    return xmppRunning(port, { serverPids: [child.pid], databasePid: postgres?.pid ?? null }, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

const configuration = (port: number, folder: string, database: URL | null): string => `
data_path = "${folder}/data"
pidfile = "${folder}/prosody.pid"
log = { warn = "*console" }
network_backend = "epoll"
network_settings = { tcp_backlog = 4096, nagle = false, read_size = 65536 }
gc = { mode = "generational" }
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
-- Any password does: signing in is not measured.
authentication = "insecure"
insecure_open_authentication = "Yes please, I know what I'm doing!"
modules_enabled = { "saslauth", "mam" }
modules_disabled = { "s2s", "s2s_auth_certs", "offline" }
default_archive_policy = true
archive_expires_after = "never"
muc_log_expires_after = "never"
storage_archive_item_limit_cache_size = 20000
${
  database
    ? `storage = "sql"
sql = { driver = "PostgreSQL", database = "postgres", host = "127.0.0.1", port = ${database.port}, username = "${database.username}", password = "" }`
    : `storage = "internal"
storage_archive_item_limit = 100000000`
}

VirtualHost "${domain}"

Component "${roomDomain}" "muc"
  modules_enabled = { "muc_mam" }
  restrict_room_creation = false
  muc_room_locking = false
  muc_tombstones = false
  muc_occupant_id = false
  muc_log_by_default = true
  muc_log_presences = false
  muc_room_default_history_length = 0
  max_history_messages = 0
  muc_room_default_presence_broadcast = { visitor = false; participant = false; moderator = false }
`;
