/** The room's door: coming in by number, and the number of one's own account. */
import type { Output, ParsedInput, PhoneInput, PhoneSignUpInput } from '@kith/protocol';
import type { Caller } from '../../services.ts';
import type { Origin, SignInOutcome } from '../accounts.ts';
import { evenly } from '../evenly.ts';
import type { Room } from '../room.ts';
import type { Services } from '../ways.ts';
import * as own from './ownPhone.ts';
import { askByPhone, signUpByPhone } from './phoneSignIn.ts';

export interface Phones {
  /** Sends a code, and answers alike for every number. @throws KithError unavailable, bad_input, rate_limited */
  ask(input: PhoneInput, origin: Origin): Promise<SignInOutcome>;
  /** Makes the account of somebody new whose code came back. */
  signUp(input: PhoneSignUpInput, origin: Origin): Promise<SignInOutcome>;
  getPhone(caller: Caller): Promise<Output<'getPhone'>>;
  changePhone(caller: Caller, input: ParsedInput<'changePhone'>): Promise<Output<'changePhone'>>;
  confirmPhone(caller: Caller, input: ParsedInput<'confirmPhone'>): Promise<Output<'confirmPhone'>>;
  removePhone(caller: Caller): Promise<Output<'removePhone'>>;
}

export interface PhonesOptions {
  readonly room: Room;
  /** Services that people sign in by. */
  readonly services: Services;
  readonly evenMs: number;
  /** Whatever fails comes out as one of the table's errors. */
  readonly failing: <T>(work: () => Promise<T>) => Promise<T>;
}

export const createPhones = ({ room, services, evenMs, failing }: PhonesOptions): Phones => ({
  ask: (input, origin) => failing(() => evenly(evenMs, () => askByPhone(room, input, origin))),
  signUp: (input, origin) => failing(() => signUpByPhone(room, input, origin)),
  getPhone: (caller) => failing(() => own.getPhone(room, caller)),
  changePhone: (caller, input) => failing(() => evenly(evenMs, () => own.changePhone(room, caller, input))),
  confirmPhone: (caller, input) => failing(() => own.confirmPhone(room, services, caller, input)),
  removePhone: (caller) => failing(() => own.removePhone(room, services, caller)),
});
