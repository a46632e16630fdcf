/** For tests: a passkey in software, which answers as a browser with it would, and lies where it is told to. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { NewPasskey, PasskeyAnswer, PasskeyCreation, PasskeyRequest } from '@kith/protocol';

/** What to say instead of the truth. */
export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly userHandle?: string | null;
  /** Whether it asked who holds it. */
  readonly verified?: boolean;
  readonly counter?: number;
  readonly type?: string;
}

export interface Passkey {
  readonly id: string;
  /** Counts its uses, unless it was made not to. */
  counter: number;
  answer(options: PasskeyRequest, lies?: Lies): PasskeyAnswer;
  /** The same passkey on another device. */
  copy(): Passkey;
}

const [PRESENT, VERIFIED, WITH_KEY] = [0x01, 0x04, 0x40];

/** As `navigator.credentials.create` on a page of this origin. */
export function createPasskey(
  options: PasskeyCreation,
  origin: string,
  { counts = true, ...lies }: Lies & { readonly counts?: boolean } = {},
): { readonly passkey: Passkey; readonly made: NewPasskey } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(16);
  const key = coseOf(publicKey);
  const authData = Buffer.concat([
    headOf({ rpId: options.rp.id, ...lies }, 0, WITH_KEY),
    Buffer.alloc(16),
    Buffer.from([0, id.length]),
    id,
    key,
  ]);
  const attestation = Buffer.concat([
    Buffer.from([0xa3, ...text('fmt'), ...text('none'), ...text('attStmt'), 0xa0, ...text('authData')]),
    Buffer.from([0x58, authData.length]),
    authData,
  ]);
  const clientData = clientDataOf({ type: 'webauthn.create', challenge: options.challenge, origin, ...lies });
  const made: NewPasskey = {
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key',
    response: {
      clientDataJSON: clientData.toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal'],
    },
  };
  return { passkey: passkeyOf(id, privateKey, options.user.id, origin, counts ? 0 : null), made };
}

function passkeyOf(
  id: Buffer,
  privateKey: KeyObject,
  userHandle: string,
  origin: string,
  counter: number | null,
): Passkey {
  return {
    id: id.toString('base64url'),
    counter: counter ?? 0,
    answer(options, lies = {}) {
      if (counter !== null) this.counter += 1;
      const authData = headOf({ rpId: options.rpId, ...lies }, lies.counter ?? this.counter, 0);
      const clientData = clientDataOf({
        type: 'webauthn.get',
        challenge: options.challenge,
        origin,
        ...lies,
      });
      const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
      return {
        id: this.id,
        rawId: this.id,
        type: 'public-key',
        response: {
          clientDataJSON: clientData.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: sign('sha256', signed, privateKey).toString('base64url'),
          userHandle: lies.userHandle === undefined ? userHandle : lies.userHandle,
        },
      };
    },
    copy() {
      return passkeyOf(id, privateKey, userHandle, origin, this.counter);
    },
  };
}

function headOf({ rpId, verified = true }: Lies, counter: number, flags: number): Buffer {
  const head = Buffer.alloc(37);
  createHash('sha256')
    .update(rpId ?? '')
    .digest()
    .copy(head);
  head[32] = PRESENT | (verified ? VERIFIED : 0) | flags;
  head.writeUInt32BE(counter, 33);
  return head;
}

const clientDataOf = ({ type, challenge, origin }: Lies): Buffer =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

/** CBOR of a short text. */
const text = (value: string): number[] => [0x60 + value.length, ...Buffer.from(value)];

/** {1: 2, 3: -7, -1: 1, -2: x, -3: y}: an ES256 key. */
function coseOf(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32]),
    Buffer.from(x, 'base64url'),
    Buffer.from([0x22, 0x58, 32]),
    Buffer.from(y, 'base64url'),
  ]);
}
