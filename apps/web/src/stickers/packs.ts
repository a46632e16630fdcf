/** Which dialog of stickers is open, asked for from anywhere; and the packs one has, asked for when first needed. */
import type { KithClient } from '@kith/client';
import type { StickerPack } from '@kith/protocol';
import { useEffect } from 'react';
import { cell } from '../app/cell.ts';
import { useClient } from '../app/client.tsx';
import { toastError } from '../ui/toast.ts';

export type PackDialog = { readonly type: 'view'; readonly packId: string } | { readonly type: 'create' };

const dialog = cell<PackDialog | undefined>(undefined);
export const openPack = (what: PackDialog): void => dialog.set(what);
export const closePack = (): void => dialog.set(undefined);
export const usePackDialog = dialog.use;

interface Known {
  /** Whose they are: another client of this page is another person. */
  readonly client: KithClient;
  readonly packs: readonly StickerPack[];
}

const known = cell<Known | undefined>(undefined);

/** Asks anew: something was installed, made or changed. */
export async function refreshPacks(client: KithClient): Promise<void> {
  const { packs } = await client.request('listStickerPacks', {});
  known.set({ client, packs });
}

/** The packs one has; undefined until they are known. Looked at again each time this is first drawn. */
export function usePacks(): readonly StickerPack[] | undefined {
  const client = useClient();
  useEffect(() => {
    refreshPacks(client).catch(toastError);
  }, [client]);
  const now = known.use();
  return now?.client === client ? now.packs : undefined;
}
