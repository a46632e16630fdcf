/** For attacks: a whole service, a victim, and those who are after their things. */
import { type CommandName, commands, type WireError } from '@kith/protocol';
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import type { Caller } from '../services.ts';
import { type FilesWorld, type HttpPerson, openFilesWorld } from './filesWorld.ts';
import { buildHouse, callAs, type House } from './houses.ts';
import { openSocket } from './socketClient.ts';
import type { DatabaseKind } from './world.ts';

export interface Attacker {
  readonly name: string;
  readonly person: HttpPerson;
  /** Things of their own. */
  readonly house: House;
}

/** Rows as text, by table. */
export type Snapshot = ReadonlyMap<string, readonly string[]>;

export interface AttackWorld {
  readonly world: FilesWorld;
  /** Of this tenant, and of another one. */
  readonly victim: House;
  readonly foreigner: House;
  readonly outsider: Attacker;
  /** Was in the victim's conversation, and is no more. */
  readonly former: Attacker;
  /** A command by HTTP, or by the socket where it has no route: what is answered, as text. */
  ask(person: HttpPerson, name: CommandName, input: object): Promise<{ outcome: string; text: string }>;
  snapshot(): Promise<Snapshot>;
  close(): Promise<void>;
}

/** Written by the service in its own time, of what stands elsewhere. */
const DERIVED = /^(search_|commits$|schema|kysely)/;

export async function openAttackWorld(
  kind: DatabaseKind = 'pglite',
  settings: Partial<Config> = {},
): Promise<AttackWorld> {
  const world = await openFilesWorld(settings, kind);
  const { services } = world.service;
  const { db } = services.database;

  const callerOf = async (person: HttpPerson): Promise<Caller> => {
    const token = person.bearer['authorization']?.slice('Bearer '.length) ?? '';
    const identity = await services.accounts.authenticate({ token });
    if (!identity) throw new Error('There is no such person.');
    const { tenantId, sessionId, user } = identity;
    return { tenantId, userId: user.id, sessionId, socket: null };
  };

  // The first account is the owner of the tenant, who may do more than most.
  await world.signUp('owner');
  const [ann, eve, fay] = [await world.signUp('ann'), await world.signUp('eve'), await world.signUp('fay')];
  const annCaller = await callerOf(ann);
  const victim = await buildHouse(services, annCaller, 'quokka', [fay.id]);
  await callAs(services, annCaller, 'removeMember', {
    conversationId: victim.conversationId,
    userId: fay.id,
  });
  const { id: tenantId } = await db
    .insertInto('tenants')
    .values({ slug: 'elsewhere', name: 'Elsewhere' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const zoe = '0198f000-0000-7000-8000-00000000a0e0';
  await db
    .insertInto('users')
    .values({ tenant_id: tenantId, id: zoe, username: 'zoe', display_name: 'Zoe wombat', role: 'member' })
    .execute();
  const foreigner = await buildHouse(
    services,
    { tenantId, userId: zoe, sessionId: '0198f000-0000-7000-8000-00000000a0e1', socket: null },
    'wombat',
  );
  const outsider = {
    name: 'an outsider',
    person: eve,
    house: await buildHouse(services, await callerOf(eve), 'gecko'),
  };
  const former = {
    name: 'a removed member',
    person: fay,
    house: await buildHouse(services, await callerOf(fay), 'newt'),
  };

  const overHttp = async (person: HttpPerson, name: CommandName, input: object) => {
    const { http } = commands[name];
    if (!http) throw new Error(`${name} has no route`);
    const rest: Record<string, unknown> = { ...input };
    const path = http.path.replace(/\{(\w+)\}/g, (_, field: string) => {
      const value = String(rest[field]);
      delete rest[field];
      return encodeURIComponent(value);
    });
    const byQuery = http.method === 'GET' || http.method === 'DELETE';
    const query = new URLSearchParams();
    if (byQuery)
      for (const [key, value] of Object.entries(rest))
        query.set(key, Array.isArray(value) ? value.join(',') : String(value));
    const response = await world.fetch(`/v1${path}${byQuery && query.size > 0 ? `?${query}` : ''}`, {
      method: http.method,
      headers: { ...person.bearer, ...(!byQuery && { 'content-type': 'application/json' }) },
      ...(!byQuery && { body: JSON.stringify(rest) }),
    });
    const text = await response.text();
    if (response.ok) return { outcome: 'ok', text };
    return { outcome: (JSON.parse(text) as { error: WireError }).error.code, text };
  };

  const overSocket = async (person: HttpPerson, name: CommandName, input: object) => {
    const socket = await openSocket(`${world.base.replace('http', 'ws')}/v1/socket`);
    try {
      await socket.hello(person.bearer['authorization']?.slice('Bearer '.length) ?? '');
      socket.send({ t: 'request', id: 1, command: name, input });
      const answer = await Promise.race([socket.next('reply'), socket.next('failed')]);
      return {
        outcome: answer.t === 'reply' ? 'ok' : answer.error.code,
        // All that came, not only the answer.
        text: JSON.stringify(socket.frames.filter(({ t }) => t !== 'welcome')),
      };
    } finally {
      socket.ws.terminate();
      await socket.closed;
    }
  };

  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1`.execute(db);
  const kept = tables.map(({ name }) => name).filter((name) => !DERIVED.test(name));
  const everything = sql.join(
    kept.map((name) => sql`select ${name}::text as name, t::text as row from ${sql.table(name)} t`),
    sql` union all `,
  );

  return {
    world,
    victim,
    foreigner,
    outsider,
    former,
    ask: (person, name, input) =>
      commands[name].http === null ? overSocket(person, name, input) : overHttp(person, name, input),
    snapshot: async () => {
      const { rows } = await sql<{ name: string; row: string }>`${everything}`.execute(db);
      const snapshot = new Map<string, string[]>(kept.map((name) => [name, []]));
      for (const { name, row } of rows) snapshot.get(name)?.push(row);
      return snapshot;
    },
    close: world.close,
  };
}
