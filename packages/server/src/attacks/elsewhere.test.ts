/** What other tests guard already, so that the table tells of it: named by file and title, which must be there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attack } from '../testing/attacks.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const server = 'packages/server/src';

const identity = `${server}/accounts/identity.test.ts`;
const phones = `${server}/accounts/phones/phones.test.ts`;

const guarded: readonly (readonly [what: string, file: string, title: string])[] = [
  [
    'two who bring one code at once',
    identity,
    'makes nothing before the code came back, and one account of two who bring it at once',
  ],
  [
    'codes tried out side by side',
    identity,
    'looks at no more than five codes, also side by side, and then not at the right one',
  ],
  [
    'signing up to learn who has an account',
    identity,
    'answers for an address that has an account as for one that has none, and tells its owner',
  ],
  [
    'mails in masses',
    identity,
    'sends an address no more codes than it takes, and lets others ask for theirs',
  ],
  ['learning by the time whose number is known', phones, 'take as long whether or not somebody has them'],
  [
    'a number called so often that its owner cannot come in',
    phones,
    'are not kept from their owner’s browser by whoever has them called',
  ],
  ['the number of another account', phones, 'are not taken from an account that has no other way in'],
  ['two accounts of one number at once', phones, 'make one account of two who came by one number at once'],
  [
    'coming in by number where sign-up is closed',
    phones,
    'let nobody new in where that is closed, even by guessing right',
  ],
  ['past the second factor by number', phones, 'are followed by the second factor where there is one'],
  [
    'a provider of texts that is slow',
    `${server}/sms/sms.test.ts`,
    'does not wait for a provider that is slow',
  ],
  ['a reset link used twice', identity, 'sets another by the link, once; all sessions end, and are told so'],
  [
    'links of other kinds, made up, over',
    identity,
    'takes no link that is over, made up, of another kind, or of a code',
  ],
  [
    'a session opened by the old password while it changes',
    identity,
    'lets no session be opened by the old password once it is another',
  ],
  [
    'a session that somebody left open',
    identity,
    'asks for the password first, unless one has just signed in',
  ],
  [
    'an address taken over, and its owner',
    identity,
    'counts once its code came back; the old one is told, and can take it back',
  ],
  [
    'codes of somebody else’s ticket',
    identity,
    'takes no code of somebody else’s ticket, and does not count it',
  ],
  [
    'guesses from many addresses',
    identity,
    'is followed by longer and longer pauses, from wherever it comes',
  ],
  ['locking others out', identity, 'locks nobody out who signs in where they did before'],
  ['a browser’s name planted by somebody else', identity, 'is never given a browser’s name by somebody else'],
  [
    'a poisoned Host in links of mails',
    `${server}/http/identity.test.ts`,
    'leads back by a link whose secret no server sees, wherever the request says it went; sockets of all sessions close',
  ],
  [
    'lines and headers smuggled into mails',
    `${server}/mail/mailer.test.ts`,
    'refuses %j, which is not one address',
  ],
  [
    'who may do what, by command and role',
    `${server}/commands/matrix.test.ts`,
    'has a row for every command',
  ],
  [
    'nobody who is not signed in reaches a command',
    `${server}/wire.test.ts`,
    'W11: every command with a route answers there, and nobody who is not signed in gets anything',
  ],
  [
    'a redirect into the house',
    `${server}/previews/previews.test.ts`,
    'is not led there by a redirect, nor around for ever',
  ],
  [
    'a name that changes its address',
    `${server}/previews/previews.test.ts`,
    'connects to the address it judged, whatever the name says a moment later',
  ],
  [
    'packed pages that unpack to anything',
    `${server}/previews/previews.test.ts`,
    'counts what a packet unpacks to',
  ],
  [
    'other schemes and passwords in links',
    `${server}/previews/previews.test.ts`,
    'S20: calls nothing of the house, however it is written',
  ],
  [
    'addresses of GIFs that nobody signed',
    `${server}/gifs/gifs.test.ts`,
    'fetches nothing that this service did not sign',
  ],
  [
    'signed addresses of files, changed or kept',
    `${server}/http/files.test.ts`,
    'M6: signed addresses cannot be made up, changed, or kept',
  ],
  [
    'HTML and SVG as files',
    `${server}/http/fileTypes.test.ts`,
    'M3: believes the bytes, not what they are called',
  ],
  [
    'names of files that break out of a header',
    `${server}/http/filesFailing.test.ts`,
    'M5: nothing in a name gets out of the header that says it',
  ],
  [
    'programs dressed as pictures',
    `${server}/blobs/image.test.ts`,
    'keeps no programs, whatever they are dressed as',
  ],
  [
    'pictures that fill the memory',
    `${server}/blobs/image.test.ts`,
    'refuses sizes that would fill the memory of whoever looks',
  ],
  [
    'large and deep bodies, wrong types and encodings',
    `${server}/http/http.test.ts`,
    'answers %s by the table',
  ],
  ['headers that are too large', `${server}/http/http.test.ts`, 'answers broken HTTP in the same form'],
  ['a stranger’s Host in a header', `${server}/http/http.test.ts`, 'puts no stranger’s Host into a header'],
  ['slow bodies', `${server}/http/connections.test.ts`, 'who goes on sending after the answer'],
  [
    'slow uploads',
    `${server}/http/connections.test.ts`,
    'an upload that drips is hung up on; what came of it is kept, and a steady one is left alone',
  ],
  [
    'whatever a stranger sends over HTTP',
    `${server}/http/fuzz.test.ts`,
    'E1: answers whatever a stranger sends by the table, and never by a 5xx',
  ],
  [
    'whatever a stranger sends over the socket',
    `${server}/gateway/gateway.test.ts`,
    'E1: broken, unknown, binary, too deep, out of turn: bad_frame, and the reason before the close',
  ],
  [
    'floods over the socket',
    `${server}/gateway/gateway.test.ts`,
    'who floods is told to wait, and who goes on is sent away',
  ],
  [
    'a revocation while a socket is open',
    `${server}/gateway/gateway.test.ts`,
    'a revoked session closes its sockets within a second, and no others',
  ],
  [
    'headers of every answer',
    `${server}/http/securityHeaders.test.ts`,
    'bears the headers, signed in or not, in its refusals too',
  ],
  [
    'words, names and files as markup, in a browser',
    'e2e/journeys/attacks.test.ts',
    'whatever people write into whatever field is words to everybody else',
  ],
];

attack('also guarded by tests elsewhere', 'each by its file and title', (saw) => {
  for (const [what, file, title] of guarded) {
    const text = readFileSync(join(root, file), 'utf8');
    const isThere = [`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => text.includes(quoted));
    saw(`${what}: ${file}, "${title}"`, isThere ? `${what} (${file.split('/').at(-1)})` : 'gone', [
      `${what} (${file.split('/').at(-1)})`,
    ]);
  }
});
