/** The second factor at the door: each try is counted, by its account and by its ticket, before it is looked at. */
import { type ContinueInput, KithError } from '@kith/protocol';
import { z } from 'zod';
import type { Origin, SignInOutcome } from '../accounts.ts';
import { type Credential, findCredential } from '../credentials.ts';
import { open, type Show } from '../enter.ts';
import { over, wrongCode, wrongPasskey } from '../errors.ts';
import { recordEvent } from '../events.ts';
import { factorKey, type GuessKey } from '../guesses.ts';
import { tellOfFactor } from '../notices.ts';
import type { Room } from '../room.ts';
import { provePasskey } from './passkeys.ts';
import { spendCode } from './recoveryCodes.ts';
import { spendTotp } from './totp.ts';
import { Challenge } from './webauthn.ts';

/** What waits for its factor. */
const Waiting = z.object({ password: z.string().nullable(), challenge: Challenge.nullable() });

export async function showFactor(room: Room, input: ContinueInput, origin: Origin): Promise<SignInOutcome> {
  const { ticket, trust = false } = input;
  const waiting = await room.proofs.read(room.db, ['second_factor'], ticket);
  const account = waiting && (await findCredential(room.db, { id: waiting.subject }, origin.device));
  if (!account) throw over();
  const { password, challenge } = Waiting.parse(waiting.payload);
  const guess = guessOf(input, account);
  if (guess) await room.guesses.take([guess]);
  const counted = await room.proofs.count(room.db, 'second_factor', ticket);
  if (!counted) throw over();
  const factor = await factorOf(room, input, account, challenge, origin);
  const show: Show = async (trx) => {
    await factor(trx);
    if (!(await room.proofs.spend(trx, 'second_factor', ticket))) throw over();
  };
  try {
    const outcome = await open(room, { account, origin, password }, { show, trust });
    if (guess) await room.guesses.clear(guess);
    return outcome;
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    // Of its own: the transaction is undone.
    await recordEvent(room.db, account.id, error.copied ? 'passkey_refused' : 'second_factor_failed', origin);
    throw counted.last ? over() : error.told;
  }
}

/** New tickets bring no more tries. A passkey cannot be guessed. */
function guessOf(input: ContinueInput, { id, deviceId }: Credential): GuessKey | null {
  if ('passkey' in input) return null;
  return factorKey(id, 'code' in input ? 'totp' : 'recovery', deviceId);
}

/** It is not right, and what whoever tried is told. */
class Wrong extends Error {
  readonly told: KithError;
  readonly copied: boolean;

  constructor(told: KithError, copied = false) {
    super(told.message);
    this.told = told;
    this.copied = copied;
  }
}

/** @throws Wrong, from what it returns. */
async function factorOf(
  room: Room,
  input: ContinueInput,
  account: Credential,
  challenge: Challenge | null,
  origin: Origin,
): Promise<Show> {
  const { id } = account;
  if ('code' in input)
    return async (trx) => {
      if (!(await spendTotp(trx, room.keys.totp, id, input.code, room.now()))) throw new Wrong(wrongCode());
    };
  if ('recoveryCode' in input)
    return async (trx) => {
      if (!(await spendCode(trx, room.keys.recovery, id, input.recoveryCode)))
        throw new Wrong(wrongRecoveryCode());
      await recordEvent(trx, id, 'recovery_used', origin);
      await tellOfFactor(room, trx, account, 'recovery_used');
    };
  const proven =
    challenge && (await provePasskey(room, challenge, input.passkey, { userId: id, strict: false }));
  return async (trx) => {
    if (!proven) throw new Wrong(wrongPasskey());
    if (!(await proven.use(trx))) throw new Wrong(wrongPasskey(), true);
  };
}

const wrongRecoveryCode = (): KithError =>
  new KithError('bad_input', {
    message: 'This is none of your recovery codes, or it was used.',
    fields: [{ path: 'recoveryCode', message: 'This is none of your recovery codes, or it was used.' }],
  });
