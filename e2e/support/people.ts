/** People who are signed up, and their devices: real clients of the SDK in this process. */
import {
  accounts,
  type ClientOptions,
  createClient,
  type KithClient,
  memoryStorage,
  type SignInStep,
} from '@kith/client';
import { until } from './wait.ts';

export interface Account {
  readonly userId: string;
  readonly token: string;
  readonly email: string;
  readonly password: string;
  readonly username: string;
  readonly displayName: string;
}

let count = 0;

/** Makes an account over HTTP and signs in. Names are made unique: any number of tests may ask for an "Alice". */
export async function signUp(url: string, displayName: string): Promise<Account> {
  count += 1;
  const username = `${displayName.toLowerCase().replace(/[^a-z0-9]/g, '')}-${process.pid}-${count}`;
  const email = `${username}@example.org`;
  const password = `correct horse ${username}`;
  const { userId, token } = inside(await accounts(url).signUp({ email, password, username, displayName }));
  return { userId, token, email, password, username, displayName };
}

/** One more session of a person: another device. Returns its token. */
export async function signInAgain(url: string, { email, password }: Account): Promise<string> {
  return inside(await accounts(url).signIn({ email, password })).token;
}

function inside(step: SignInStep): { readonly userId: string; readonly token: string } {
  if (step.type !== 'signed_in' || step.token === undefined)
    throw new Error(`Not signed in with a token: ${step.type}.`);
  return { userId: step.userId, token: step.token };
}

/** A device that is connected and has synced: its list is the server's. */
export async function connect(
  url: string,
  token: string,
  options: Partial<ClientOptions> = {},
): Promise<KithClient> {
  const client = createClient({ url, token, storage: memoryStorage(), ...options });
  await client.start();
  await untilSynced(client);
  return client;
}

/** Resolves when the client is connected and knows its conversations. */
export async function untilSynced(client: KithClient, timeoutMs = 30_000): Promise<void> {
  await until(
    'the client is connected and synced',
    () => {
      const state = client.connection.get();
      if (state.type === 'ended') throw new Error(`it ended: ${state.error.code}`);
      if (state.type !== 'live') throw new Error(`it is ${state.type}`);
      return client.conversations.status.get() === 'ready';
    },
    { timeoutMs },
  );
}
