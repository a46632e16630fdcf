/**
 * Passkeys in this browser: the server's JSON in, the credential's JSON out. Browsers know these forms by name only since lately
 * (`parseRequestOptionsFromJSON`, `toJSON`); of what is needed here, they are a few lines.
 */
import type { NewPasskey, PasskeyAnswer, PasskeyCreation, PasskeyRequest } from '@kith/protocol';

/** A site without a name, or without HTTPS, can have none. */
export const canPasskey = (): boolean =>
  isSecureContext && 'PublicKeyCredential' in window && !/^[\d.]+$|:/.test(location.hostname);

/** Whether the browser offers passkeys where one types who one is. */
export async function canOffer(): Promise<boolean> {
  return canPasskey() && ((await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false);
}

/** The person did not go through with it, or has none that fits. */
export class PasskeyLeft extends Error {}

/** `offered`: among what fills in the form, until one is chosen. @throws PasskeyLeft */
export async function getPasskey(
  { challenge, allowCredentials, ...options }: PasskeyRequest,
  { signal, offered = false }: { readonly signal?: AbortSignal; readonly offered?: boolean } = {},
): Promise<PasskeyAnswer> {
  const credential = await unlessLeft(
    navigator.credentials.get({
      publicKey: { ...options, challenge: bytes(challenge), allowCredentials: allowCredentials.map(known) },
      ...(signal && { signal }),
      ...(offered && { mediation: 'conditional' as const }),
    }),
  );
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: 'public-key',
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  };
}

/** @throws PasskeyLeft; InvalidStateError of the browser where this device has one already. */
export async function makePasskey({
  challenge,
  user,
  excludeCredentials,
  ...options
}: PasskeyCreation): Promise<NewPasskey> {
  const credential = await unlessLeft(
    navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(challenge),
        user: { ...user, id: bytes(user.id) },
        excludeCredentials: excludeCredentials.map(known),
      },
    }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: 'public-key',
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

async function unlessLeft(asked: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await asked;
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    if (name !== 'NotAllowedError' && name !== 'AbortError') throw error;
  }
  throw new PasskeyLeft();
}

const known = ({ type, id, transports }: PasskeyRequest['allowCredentials'][number]) => ({
  type,
  id: bytes(id),
  ...(transports && { transports: transports as AuthenticatorTransport[] }),
});

const bytes = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

const text = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
