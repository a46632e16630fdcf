/**
 * Passkeys, as WebAuthn says: what a browser is asked to sign, and whether it did. Which library checks it, only this file
 * knows; it is loaded when somebody first uses a passkey.
 */
import { randomBytes } from 'node:crypto';
import type { NewPasskey, PasskeyAnswer, PasskeyCreation, PasskeyRequest } from '@kith/protocol';
import { KithError } from '@kith/protocol';
import { z } from 'zod';
import type { Account } from '../credentials.ts';
import type { PasskeyRow } from './setUp.ts';

/** What waits for its signature. `rpId`: the site's name; `origin`: its page. */
export const Challenge = z.object({ challenge: z.string(), rpId: z.string(), origin: z.string() });
export type Challenge = z.output<typeof Challenge>;

/** How long a person may look for their key. */
export const PASSKEY_MINUTES = 5;
const TIMEOUT_MS = PASSKEY_MINUTES * 60_000;
/** EdDSA, ES256, RS256: what all that make passkeys know. */
const ALGORITHMS = [-8, -7, -257];

/** For the site that a page belongs to; without a page, as of a program, for the first of ours. Null: there is none. */
export function challengeFor(publicOrigins: readonly string[], page: string | undefined): Challenge | null {
  const origin = page ?? publicOrigins[0];
  if (origin === undefined || !URL.canParse(origin)) return null;
  return { challenge: randomBytes(32).toString('base64url'), rpId: new URL(origin).hostname, origin };
}

export const noPasskeysHere = (): KithError =>
  new KithError('bad_input', { message: 'Passkeys need a page of this server, and its address.' });

/** How an account is called inside its passkeys: its id. */
const handleOf = (userId: string): string =>
  Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url');

const Transports = z.array(z.string()).catch([]);
const known = ({ credential_id, transports }: PasskeyRow) => ({
  type: 'public-key' as const,
  id: credential_id,
  transports: Transports.parse(transports),
});
const of = (passkeys: readonly PasskeyRow[], rpId: string) =>
  passkeys.filter((passkey) => passkey.rp_id === rpId).map(known);

/** `passkeys`: of whom is asked; none: whoever has one. */
export const requestOf = (
  { challenge, rpId }: Challenge,
  passkeys: readonly PasskeyRow[],
  userVerification: PasskeyRequest['userVerification'],
): PasskeyRequest => ({
  challenge,
  rpId,
  timeout: TIMEOUT_MS,
  userVerification,
  allowCredentials: of(passkeys, rpId),
});

export const creationOf = (
  { challenge, rpId }: Challenge,
  site: string,
  account: Pick<Account, 'id' | 'email' | 'name'>,
  passkeys: readonly PasskeyRow[],
): PasskeyCreation => ({
  challenge,
  rp: { id: rpId, name: site },
  user: { id: handleOf(account.id), name: account.email ?? account.name, displayName: account.name },
  pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
  timeout: TIMEOUT_MS,
  // Who made the device is nobody's business.
  attestation: 'none',
  authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
  excludeCredentials: of(passkeys, rpId),
});

export interface Made {
  readonly credentialId: string;
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly backedUp: boolean;
}

/** Null: it is none for this challenge, page and site. */
export async function verifyNew(
  { challenge, rpId, origin }: Challenge,
  { id, rawId, type, response }: NewPasskey,
): Promise<Made | null> {
  const { verifyRegistrationResponse } = await library();
  try {
    const verified = await verifyRegistrationResponse({
      response: { id, rawId, type, response: without(response), clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified.verified) return null;
    const { credential, credentialBackedUp } = verified.registrationInfo;
    return {
      credentialId: credential.id,
      publicKey: credential.publicKey,
      counter: credential.counter,
      backedUp: credentialBackedUp,
    };
  } catch (error) {
    return refused(error);
  }
}

export interface Shown {
  readonly counter: number;
  readonly backedUp: boolean;
}

export interface Signer {
  readonly user_id: string;
  readonly rp_id: string;
  readonly credential_id: string;
  readonly public_key: Uint8Array;
}

/**
 * Whether this passkey signed this challenge on this page. `strict`: and knew its person by finger, face or PIN, so that it
 * counts for both factors. Whether its counter grew is for the row to say. Null: no.
 */
export async function verifyShown(
  { challenge, rpId, origin }: Challenge,
  { id, rawId, type, response }: PasskeyAnswer,
  signer: Signer,
  strict: boolean,
): Promise<Shown | null> {
  const { userHandle, ...signed } = response;
  if (signer.credential_id !== id || signer.rp_id !== rpId) return null;
  // Who is named by nobody names themselves by their passkey.
  if (userHandle ? userHandle !== handleOf(signer.user_id) : strict) return null;
  const { verifyAuthenticationResponse } = await library();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { id, rawId, type, response: signed, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: strict,
      credential: { id, publicKey: new Uint8Array(signer.public_key), counter: 0 },
    });
    if (!verified) return null;
    return { counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp };
  } catch (error) {
    return refused(error);
  }
}

/** The library says no by errors of all kinds: on what a stranger sent, each of them is a no. */
function refused(error: unknown): null {
  if (error instanceof Error) return null;
  throw error;
}

const without = ({ clientDataJSON, attestationObject, transports }: NewPasskey['response']) => ({
  clientDataJSON,
  attestationObject,
  ...(transports && { transports }),
});

const library = () => import('@simplewebauthn/server');
