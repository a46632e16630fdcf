/** Bytes that are written to a place of their own because they are not as they came. As many in memory as a piece has. */
import type { Patch } from './inspect/inspector.ts';
import type { Vault, VaultPlace } from './vault.ts';

/** Keeps them at a new place, whole or not at all. */
export async function keepAnew(
  vault: Pick<Vault, 'newPlace' | 'append' | 'finish' | 'remove'>,
  chunks: AsyncIterable<Uint8Array>,
): Promise<VaultPlace> {
  const place = vault.newPlace();
  try {
    await vault.append(place, 0, chunks);
    await vault.finish(place);
    return place;
  } catch (error) {
    // What cannot be removed either is an orphan, which is swept; why it could not be kept is what matters.
    await vault.remove(place).catch(() => undefined);
    throw error;
  }
}

/** The same bytes, but for those that patches are laid over. */
export async function* patched(
  chunks: AsyncIterable<Uint8Array>,
  patches: readonly Patch[],
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const chunk of chunks) {
    const end = at + chunk.length;
    const over = patches.filter((patch) => patch.at < end && patch.at + patch.bytes.length > at);
    if (over.length === 0) yield chunk;
    else {
      const changed = Buffer.from(chunk);
      // Either may begin before the other.
      for (const patch of over)
        patch.bytes.copy(changed, Math.max(0, patch.at - at), Math.max(0, at - patch.at));
      yield changed;
    }
    at = end;
  }
}
