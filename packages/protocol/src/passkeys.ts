/**
 * Passkeys as browsers write them in JSON (WebAuthn Level 3): what `PublicKeyCredential.parse…OptionsFromJSON` takes, and what
 * `toJSON` of a credential gives.
 */
import { z } from 'zod';
import { limits } from './limits.ts';

const Base64Url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[\w-]+$/, 'must be base64url');

const transports = z.array(z.string().max(32)).max(10);
const Known = z.object({ type: z.literal('public-key'), id: z.string(), transports: transports.optional() });

/** For `navigator.credentials.get`. */
export const PasskeyRequest = z.object({
  challenge: z.string(),
  rpId: z.string(),
  timeout: z.int(),
  userVerification: z.enum(['required', 'preferred']),
  /** Empty: whichever the person has here. */
  allowCredentials: z.array(Known),
});

/** For `navigator.credentials.create`. */
export const PasskeyCreation = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.int() })),
  timeout: z.int(),
  attestation: z.literal('none'),
  authenticatorSelection: z.object({
    residentKey: z.literal('preferred'),
    userVerification: z.literal('preferred'),
  }),
  excludeCredentials: z.array(Known),
});

const credential = {
  id: Base64Url(limits.passkeyIdLength),
  rawId: Base64Url(limits.passkeyIdLength),
  type: z.literal('public-key'),
  // Browsers say these, too, and nobody looks at them.
  authenticatorAttachment: z.string().max(32).nullish(),
  clientExtensionResults: z.unknown().optional(),
};
const ClientData = Base64Url(limits.passkeyFieldLength);

/** What `get` came to. */
export const PasskeyAnswer = z.strictObject({
  ...credential,
  response: z.strictObject({
    clientDataJSON: ClientData,
    authenticatorData: Base64Url(limits.passkeyFieldLength),
    signature: Base64Url(limits.passkeyFieldLength),
    userHandle: Base64Url(100).nullish(),
  }),
});

/** What `create` came to. */
export const NewPasskey = z.strictObject({
  ...credential,
  response: z.strictObject({
    clientDataJSON: ClientData,
    attestationObject: Base64Url(limits.passkeyObjectLength),
    transports: transports.optional(),
    authenticatorData: z.unknown().optional(),
    publicKey: z.unknown().optional(),
    publicKeyAlgorithm: z.unknown().optional(),
  }),
});

export type PasskeyRequest = z.output<typeof PasskeyRequest>;
export type PasskeyCreation = z.output<typeof PasskeyCreation>;
export type PasskeyAnswer = z.output<typeof PasskeyAnswer>;
export type NewPasskey = z.output<typeof NewPasskey>;
