/** A round video that speaks when it is pressed, and is silent when it is pressed again; a ring shows how far it is. */
import { Pause, Play } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { clockText } from '../files/words.ts';
import { leaveFloor, takeFloor } from './floor.ts';
import { Ring } from './Ring.tsx';
import { wholeSeconds } from './times.ts';
import './play.css';

type State = 'still' | 'waiting' | 'playing';

export interface RoundVideoProps {
  /** Undefined while it is asked for. */
  readonly src: string | undefined;
  readonly poster: string | undefined;
  /** What is seen until the poster is there: an address. */
  readonly blur?: string | undefined;
  /** ms. */
  readonly length: number;
  /** In place of the button, while it cannot be pressed. */
  readonly cover?: ReactNode;
  readonly onBroken: () => void;
}

export function RoundVideo({ src, poster, blur, length, cover, onBroken }: RoundVideoProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<State>('still');
  /** ms. */
  const [at, setAt] = useState(0);
  /** Pressed before its address was known. */
  const [wanted, setWanted] = useState(false);
  // The same function as long as the view lives: the floor knows it by itself.
  const [quiet] = useState(() => () => video.current?.pause());
  useEffect(() => () => leaveFloor(quiet), [quiet]);

  const start = (): void => {
    setState('waiting');
    if (src === undefined || !video.current) {
      setWanted(true);
      return;
    }
    setWanted(false);
    takeFloor(quiet);
    video.current.play().catch((error: unknown) => {
      setState('still');
      const name = error instanceof Error ? error.name : '';
      // Paused before it began, or the browser wants another press: nothing is wrong with it.
      if (name !== 'AbortError' && name !== 'NotAllowedError') onBroken();
    });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is the reason.
  useEffect(() => {
    if (wanted && src !== undefined) start();
  }, [wanted, src]);

  const press = (): void => {
    if (state === 'still') {
      start();
      return;
    }
    setWanted(false);
    setState('still');
    quiet();
  };
  const Icon = state === 'still' ? Play : Pause;
  return (
    <div className="kith-round" style={blur ? { backgroundImage: `url(${blur})` } : undefined}>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody wrote down what is said in it. */}
      <video
        ref={video}
        src={src}
        poster={poster}
        // Nothing is fetched of what nobody has asked for: the poster shows it.
        preload="none"
        playsInline
        aria-label={t('play.round')}
        onPlaying={() => setState('playing')}
        onWaiting={() => setState('waiting')}
        onPause={() => setState('still')}
        onTimeUpdate={({ currentTarget }) => setAt(currentTarget.currentTime * 1_000)}
        onEnded={() => {
          setAt(0);
          leaveFloor(quiet);
        }}
        // An address that goes with the view is no trouble.
        onError={() => state !== 'still' && onBroken()}
      />
      <Ring share={length > 0 ? at / length : 0} turning={state === 'waiting'} />
      {cover ?? (
        <button
          type="button"
          className="kith-round-press"
          aria-label={state === 'still' ? t('play.playRound') : t('play.pause')}
          aria-busy={state === 'waiting' || undefined}
          onClick={press}
        >
          <Icon size={24} strokeWidth={0} fill="currentColor" aria-hidden="true" />
        </button>
      )}
      {length > 0 && (
        <span className="kith-round-time">{clockText(Math.max(0, length - wholeSeconds(at)))}</span>
      )}
    </div>
  );
}
