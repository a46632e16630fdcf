/** A picture in its room: the blur that came with the message, over it the small one, over that the full one. */
import type { MessageFile } from '@kith/protocol';
import { ImageOff } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { isSparing, layersOf } from './layers.ts';
import { isGone, type Place, useFileUrl } from './source.ts';
import './files.css';

/** A line that failed once may stand again by then, ms. */
const RETRY_MS = 1_500;
/** What was on screen before comes without a fade. As many as a long walk through a conversation. */
const SHOWN_MAX = 500;
const shown = new Set<string>();

function noteShown(url: string): void {
  shown.add(url);
  const [oldest] = shown;
  if (shown.size > SHOWN_MAX && oldest !== undefined) shown.delete(oldest);
}

/** `lost`: it may be tried again; `gone`: it is not there. */
export type Fate = 'fine' | 'lost' | 'gone';

export interface PictureState {
  readonly fate: Fate;
  readonly layers: readonly string[];
  /** Told apart by it: another try is another picture. */
  readonly turn: number;
  readonly lose: (fileId: string, gone: boolean) => void;
  readonly show: (fileId: string) => void;
  readonly retry: () => void;
}

const NONE: ReadonlySet<string> = new Set();

/** What of a file is drawn. `width`: CSS pixels. `moving`: of one that moves, whether it does. */
export function usePicture(file: MessageFile, width: number, moving: boolean): PictureState {
  const [lost, setLost] = useState(NONE);
  const [turn, setTurn] = useState(0);
  const [fate, setFate] = useState<Fate>('fine');
  const [full, setFull] = useState(false);
  const need = { pixels: width * devicePixelRatio, sparing: isSparing(), moving, full };
  return {
    fate,
    layers: layersOf(file, need, lost),
    turn,
    lose: (fileId, gone) => {
      const next = new Set([...lost, fileId]);
      setLost(next);
      if (layersOf(file, need, next).length === 0) setFate(gone ? 'gone' : 'lost');
    },
    show: (fileId) => fileId === file.fileId && setFull(true),
    retry: () => {
      setLost(NONE);
      setFate('fine');
      setTurn(turn + 1);
    },
  };
}

export function Picture({
  place,
  state: { fate, layers, turn, lose, show },
  alt,
}: {
  readonly place: Place;
  readonly state: PictureState;
  readonly alt: string;
}) {
  if (fate !== 'fine') {
    return (
      <span className="kith-picture-lost">
        <ImageOff size={20} strokeWidth={1.75} aria-hidden="true" />
        {fateText(fate)}
        {fate === 'lost' && <span className="kith-picture-again">{t('common.tryAgain')}</span>}
      </span>
    );
  }
  return layers.map((fileId, at) => (
    <Layer
      key={`${fileId} ${turn}`}
      place={place}
      fileId={fileId}
      alt={at === layers.length - 1 ? alt : ''}
      onLost={(gone) => lose(fileId, gone)}
      onShown={() => show(fileId)}
    />
  ));
}

export const fateText = (fate: 'lost' | 'gone'): string =>
  fate === 'gone' ? t('file.gone') : t('file.broken');

function Layer({
  place,
  fileId,
  alt,
  onLost,
  onShown,
}: {
  readonly place: Place;
  readonly fileId: string;
  readonly alt: string;
  readonly onLost: (gone: boolean) => void;
  readonly onShown: () => void;
}) {
  const url = useFileUrl(place, fileId);
  return url === undefined ? null : (
    <Loaded key={url} url={url} alt={alt} onLost={onLost} onShown={onShown} />
  );
}

type State = 'loading' | 'fading' | 'there';

function Loaded({
  url,
  alt,
  onLost,
  onShown,
}: {
  readonly url: string;
  readonly alt: string;
  readonly onLost: (gone: boolean) => void;
  readonly onShown: () => void;
}) {
  const element = useRef<HTMLImageElement>(null);
  const known = shown.has(url);
  const [state, setState] = useState<State>(known ? 'there' : 'loading');
  const [attempt, setAttempt] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useLayoutEffect(() => {
    if (element.current?.complete && element.current.naturalWidth > 0) setState('there');
    return () => clearTimeout(timer.current);
  }, []);
  const onError = (): void => {
    clearTimeout(timer.current);
    if (attempt === 0) {
      timer.current = setTimeout(() => setAttempt(1), RETRY_MS);
      return;
    }
    // Answers after a while; whoever has gone by then hears it in vain.
    void isGone(url).then(onLost);
  };
  return (
    <img
      key={attempt}
      ref={element}
      className="kith-picture"
      src={url}
      alt={alt}
      data-state={state}
      draggable={false}
      loading={known ? 'eager' : 'lazy'}
      decoding={known ? 'sync' : 'async'}
      onLoad={() => {
        noteShown(url);
        onShown();
        setState((before) => (before === 'loading' ? 'fading' : before));
      }}
      onError={onError}
    />
  );
}
