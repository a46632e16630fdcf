/** How components reach the SDK: the client by context, its state by subscription. Nothing of it is ever copied into React. */
import type { KithClient, Readable } from '@kith/client';
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';

const Context = createContext<KithClient | null>(null);

export function ClientProvider({
  client,
  children,
}: {
  readonly client: KithClient;
  readonly children: ReactNode;
}) {
  return <Context value={client}>{children}</Context>;
}

export function useClient(): KithClient {
  const client = useContext(Context);
  if (!client) throw new Error('useClient needs a ClientProvider above it');
  return client;
}

/**
 * The current value of a part of the client's store; renders again when it changes. The client returns the same Readable
 * for the same question, so it may be asked for while rendering: `useReadable(client.conversation(id))`.
 */
export function useReadable<T>(readable: Readable<T>): T {
  return useSyncExternalStore(readable.subscribe, readable.get);
}
