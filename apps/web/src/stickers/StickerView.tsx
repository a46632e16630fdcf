/** A sticker in the timeline. A press looks at its pack. */
import type { StickerAttachment } from '@kith/protocol';
import { useState } from 'react';
import { useClient } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { kakiSticker, kakiText } from './kaki.ts';
import { openPack } from './packs.ts';
import './stickers.css';

export default function StickerView({ attachment }: { readonly attachment: StickerAttachment }) {
  const client = useClient();
  const { packId, blobId, stickerId, emoji } = attachment;
  const own = packId === undefined ? kakiSticker(stickerId) : undefined;
  const url = own?.url ?? (blobId === undefined ? undefined : client.blobs.url(blobId));
  const alt = own ? kakiText(own.name) : attachment.alt;
  // Of a newer version of the app, or swept with its pack: what it says is still known.
  const [broken, setBroken] = useState(false);
  const picture =
    url === undefined || broken ? (
      <span className="kith-sticker-lost" role="img" aria-label={alt}>
        {emoji}
      </span>
    ) : (
      <img src={url} alt={alt} draggable={false} onError={() => setBroken(true)} />
    );
  if (packId === undefined) return <span className="kith-sticker">{picture}</span>;
  return (
    <button
      type="button"
      className="kith-sticker"
      aria-label={t('sticker.view', { alt })}
      onClick={() => openPack({ type: 'view', packId })}
    >
      {picture}
    </button>
  );
}
