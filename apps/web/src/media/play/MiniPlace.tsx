/** Where the mini player stands while it is needed; its code comes with the first sound. */
import { useEffect, useState } from 'react';
import { onDemand } from '../../app/onDemand.tsx';
import { onScreen, playing } from './now.ts';

const MiniPlayer = onDemand(() => import('./MiniPlayer.tsx'));
/** A list that scrolls takes rows away and brings them back. */
const PATIENCE_MS = 250;

export function MiniPlace() {
  const now = playing.use();
  const seen = onScreen.use();
  const sound = now.type === 'silent' || now.type === 'broken' ? undefined : now.sound;
  const wanted = sound?.type === 'message' && seen !== sound.key ? sound : undefined;
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!wanted) return setLate(false);
    const timer = setTimeout(setLate, PATIENCE_MS, true);
    return () => clearTimeout(timer);
  }, [wanted]);
  return wanted && late ? <MiniPlayer sound={wanted} /> : null;
}
