/** A GIF in the timeline, by way of the server. Who wants little motion sees it still, and presses to see it move. */
import type { GifAttachment } from '@kith/protocol';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { reducedMotion, useMedia } from '../app/media.ts';
import { t } from '../i18n/index.ts';
import { GifRoom } from './GifRoom.tsx';
import { providerNames } from './providers.ts';

type State = 'fine' | 'lost';

export default function GifView({ attachment: gif }: { readonly attachment: GifAttachment }) {
  const still = useMedia(reducedMotion);
  const [moving, setMoving] = useState(false);
  const [state, setState] = useState<State>('fine');
  if (state === 'lost') {
    return (
      <GifRoom gif={gif}>
        <span className="kith-gif-lost">{gif.alt}</span>
      </GifRoom>
    );
  }
  const plays = moving || !still;
  return (
    <GifRoom gif={gif}>
      <img
        key={plays ? 'moving' : 'still'}
        src={plays ? gif.path : gif.still}
        alt={gif.alt}
        loading="lazy"
        draggable={false}
        onError={() => setState('lost')}
      />
      {still && (
        <button
          type="button"
          className="kith-gif-play"
          aria-label={moving ? t('gif.stop') : t('gif.play')}
          onClick={() => setMoving(!moving)}
        >
          {!moving && <Play size={22} strokeWidth={2} aria-hidden="true" />}
        </button>
      )}
      <span className="kith-gif-sign" aria-hidden="true">
        {providerNames[gif.provider]}
      </span>
    </GifRoom>
  );
}
