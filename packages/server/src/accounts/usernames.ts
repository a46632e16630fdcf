/** Usernames for people who choose none: who comes by a host's token, or as a guest. */

/** Room for what tells two of one name apart. */
const NAME_LENGTH = 24;

/** Of a name in any script: what remains of it in plain letters. */
export function usernameOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '.')
    .slice(0, NAME_LENGTH)
    .replace(/^\.|\.$/g, '');
  return plain.length < 2 ? 'person' : plain;
}
