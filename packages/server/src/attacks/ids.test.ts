/**
 * Ids of others, in every place of every command that takes one, and at every address that has one. Nothing of theirs is told
 * and nothing of theirs changes. commands/matrix.test.ts says who may do what; this, that knowing an id helps nobody.
 */
import { type CommandName, commandNames, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, outcomeOf } from '../testing/attacks.ts';
import { type Attacker, type AttackWorld, openAttackWorld, type Snapshot } from '../testing/attackWorld.ts';
import { fileAddress, metadata, OCTETS, TUS } from '../testing/filesWorld.ts';
import type { House } from '../testing/houses.ts';
import { idPaths, pathsWith, trespasses } from '../testing/trespasses.ts';
import { databaseKinds } from '../testing/world.ts';

const HARMLESS = ['ok', 'not_found', 'forbidden', 'conflict', 'bad_input'];

/** What nobody but them may know. People and packs of stickers are everybody's, in their tenant. */
const secretsOf = (house: House, ofAnotherTenant: boolean): ReadonlySet<string> => {
  const { caller: _, word: __, userId, packId, stickerId, stickerBlobId, ...ids } = house;
  const shared = ofAnotherTenant ? [userId, packId, stickerId, stickerBlobId] : [];
  return new Set([...Object.values(ids), ...shared]);
};

const idsOf = ({ caller: _, word: __, ...ids }: House): ReadonlySet<string> => new Set(Object.values(ids));

/** Kept by person: what one notes of an id one knows already is nobody else's. */
const OWN_TABLES = new Set(['own_records', 'due_work', 'files']);

/** The rows that have to do with a house. */
function rowsOf(snapshot: Snapshot, secrets: ReadonlySet<string>): string[] {
  const named = (row: string): boolean => [...secrets].some((secret) => row.includes(secret));
  return [...snapshot].flatMap(([table, rows]) => rows.filter(named).map((row) => `${table} ${row}`)).sort();
}

/**
 * A row that an attacker made, and that touches nothing of theirs. Ids are made by clients and count within a conversation, a
 * person, a tenant: the same one elsewhere is another thing.
 */
function isApart(row: string, attacker: House, theirs: House): boolean {
  const table = row.slice(0, row.indexOf(' '));
  if (!row.startsWith(`${table} (${attacker.caller.tenantId},`)) return false;
  if (theirs.caller.tenantId !== attacker.caller.tenantId) return true;
  const isOwn = row.includes(attacker.userId) || row.includes(attacker.conversationId);
  if (!isOwn) return false;
  // A sticker may name any image: who may see one is asked when it is read.
  const { conversationId, fileId, uploadId, begunId } = theirs;
  return OWN_TABLES.has(table) || ![conversationId, fileId, uploadId, begunId].some((id) => row.includes(id));
}

/** Nothing of theirs is gone or other than it was, and what is new is the attacker's own. */
function expectUntouched(
  what: string,
  before: string[],
  after: string[],
  attacker: House,
  theirs: House,
): void {
  const were = new Set(before);
  const are = new Set(after);
  const made = after.filter((row) => !were.has(row) && !isApart(row, attacker, theirs));
  const lost = before.filter((row) => !are.has(row) && !isApart(row, attacker, theirs));
  expect({ made, lost }, `${what} changed something`).toEqual({ made: [], lost: [] });
}

it('a trespass for every id that any command takes', () => {
  const house = (letter: string): House =>
    new Proxy({} as House, {
      get: (_, field) => `${letter}-${String(field)}`,
    });
  const theirs = new Set(
    [
      'userId',
      'sessionId',
      'passkeyId',
      'conversationId',
      'messageId',
      'replyId',
      'pollId',
      'fileMessageId',
      'fileId',
      'uploadId',
      'begunId',
      'blobId',
      'stickerBlobId',
      'packId',
      'stickerId',
      'scheduledId',
      'folderId',
      'inviteId',
    ].map((field) => `t-${field}`),
  );
  expect(Object.keys(trespasses).sort()).toEqual([...commandNames].sort());
  for (const name of commandNames) {
    const filled = pathsWith(trespasses[name](house('m'), house('t')), theirs);
    const open = [...idPaths(name)].filter((path) => !filled.has(path));
    expect(open, `places of ${name} that take an id, where none of somebody else's is tried`).toEqual([]);
  }
});

describe.each(databaseKinds)('ids of others, on %s', (kind) => {
  let world: AttackWorld;
  beforeAll(async () => {
    world = await openAttackWorld(kind);
  }, 120_000);
  afterAll(() => world?.close());

  const cases: readonly [string, (world: AttackWorld) => readonly [Attacker, House, boolean]][] = [
    ['an outsider of the tenant', ({ outsider, victim }) => [outsider, victim, false]],
    ['a removed member', ({ former, victim }) => [former, victim, false]],
    ['a person of another tenant', ({ outsider, foreigner }) => [outsider, foreigner, true]],
  ];

  for (const [who, choose] of cases) {
    attack(
      `${who} gets at no file, picture or upload by its address`,
      'files, links, small images, tus: read, go on, give up, begin anew, with ids of others',
      async (saw) => {
        const [attacker, theirs, foreign] = choose(world);
        const { person, house } = attacker;
        const { fetch } = world.world;
        const secrets = secretsOf(theirs, foreign);
        const before = rowsOf(await world.snapshot(), secrets);
        const tus = { ...TUS, ...person.bearer };
        const attempts: readonly [string, string, RequestInit][] = [
          ...[
            { ...theirs, messageId: theirs.fileMessageId },
            { ...house, messageId: house.fileMessageId, fileId: theirs.fileId },
            { ...house, messageId: theirs.fileMessageId, fileId: theirs.fileId },
            { ...theirs, messageId: house.fileMessageId, fileId: house.fileId },
          ].map((place): [string, string, RequestInit] => [
            'a file',
            fileAddress(place),
            { headers: person.bearer },
          ]),
          [
            'a file, as if it were signed',
            `${fileAddress({ ...theirs, messageId: theirs.fileMessageId })}?tenant=${theirs.caller.tenantId}&user=${theirs.userId}&until=9999999999&signature=${'A'.repeat(43)}`,
            {},
          ],
          ['a picture not yet in use', `/v1/blobs/${theirs.blobId}`, { headers: person.bearer }],
          ...(foreign
            ? [
                ['a sticker', `/v1/blobs/${theirs.stickerBlobId}`, { headers: person.bearer }] as [
                  string,
                  string,
                  RequestInit,
                ],
              ]
            : []),
          ...[theirs.fileId, theirs.uploadId, theirs.begunId].flatMap(
            (id): [string, string, RequestInit][] => [
              ['how far an upload is', `/v1/uploads/${id}`, { method: 'HEAD', headers: tus }],
              [
                'going on with it',
                `/v1/uploads/${id}`,
                {
                  method: 'PATCH',
                  headers: { ...tus, ...OCTETS, 'upload-offset': '0' },
                  body: new Uint8Array(4),
                },
              ],
              ['giving it up', `/v1/uploads/${id}`, { method: 'DELETE', headers: tus }],
            ],
          ),
        ];
        for (const [what, path, init] of attempts) {
          const response = await fetch(path, init);
          const outcome =
            init.method === 'HEAD' ? String(response.status) : await outcomeOf(response.clone());
          saw(`${what} at ${path}`, outcome, ['not_found', 'forbidden', '404']);
          expect(await response.text()).not.toContain(theirs.word);
        }
        // Ids are made by clients, so that the same one of another person is another upload: theirs stays as it is.
        const again = await fetch('/v1/uploads', {
          method: 'POST',
          headers: {
            ...tus,
            'upload-length': '10',
            'upload-metadata': metadata({ id: theirs.begunId, conversationId: theirs.conversationId }),
          },
        });
        saw('beginning an upload for their conversation', await outcomeOf(again), ['not_found', 'forbidden']);
        const after = rowsOf(await world.snapshot(), secrets);
        expectUntouched('one of these', before, after, house, theirs);
      },
    );
  }

  for (const [who, choose] of cases) {
    attack(
      `${who} learns and changes nothing by commands`,
      'every command, with somebody else’s id in each place that takes one',
      async (saw) => {
        const [attacker, theirs, foreign] = choose(world);
        const secrets = secretsOf(theirs, foreign);
        const all = idsOf(theirs);
        let before = rowsOf(await world.snapshot(), secrets);
        expect(before.length).toBeGreaterThan(20);
        for (const name of commandNames) {
          for (const input of trespasses[name](attacker.house, theirs)) {
            const given = JSON.stringify(input);
            if (pathsWith(input, all).size === 0 && !given.includes(theirs.word)) continue;
            const what = `${name} ${given}`;
            const { outcome, text } = await world.ask(attacker.person, name, input);
            saw(what, outcome, HARMLESS);
            const told = [...secrets].filter((secret) => text.includes(secret) && !given.includes(secret));
            expect(told, `${what} was told ids: ${text}`).toEqual([]);
            if (!given.includes(theirs.word) && (foreign || !isPublic(name)))
              expect(text, `${what} was told words`).not.toContain(theirs.word);
            const after = rowsOf(await world.snapshot(), secrets);
            expectUntouched(what, before, after, attacker.house, theirs);
            before = after;
          }
        }
      },
      240_000,
    );
  }

  it('what is looked for would be found', async () => {
    // The victim is told what the others are not: the words and ids above are those that would leak.
    const { victim } = world;
    const before = rowsOf(await world.snapshot(), secretsOf(victim, false));
    const { world: http } = world;
    const ann = await http.fetch('/v1/auth/sign-in/username', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'ann', password: 'a good password' }),
    });
    const person = {
      id: victim.userId,
      bearer: { authorization: `Bearer ${ann.headers.get('set-auth-token')}` },
      cookie: {},
    };
    const told = await world.ask(person, 'getHistory', { conversationId: victim.conversationId });
    expect(told.text).toContain(victim.word);
    expect(told.text).toContain(victim.pollId);
    await world.ask(person, 'sendMessage', {
      conversationId: victim.conversationId,
      messageId: newId(),
      content: { type: 'plain', text: 'one more' },
    });
    const after = rowsOf(await world.snapshot(), secretsOf(victim, false));
    expect(after).not.toEqual(before);
  });
});

/** Packs of stickers are for all of a tenant, with their words. */
const isPublic = (name: CommandName): boolean => /StickerPack|Sticker$/.test(name);
