/**
 * Where one is in a sound: its waveform, or a plain line, to press, drag and step along. From left to right in every language, as
 * the field draws sound.
 */
import { type KeyboardEvent, memo, type PointerEvent, useEffect, useRef, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { position } from './now.ts';
import { spokenTime, wholeSeconds } from './times.ts';
import { resample } from './waveform.ts';
import './play.css';

const STEP_MS = 5_000;
const LEAP_MS = 15_000;
/** A bar and the gap after it, and how high the highest is, px. */
const PITCH = 4;
const HEIGHT = 28;
const LEAST = 3;
/** Bars that are drawn: what fits a phone's bubble. */
const SHOWN = 52;

export interface SeekProps {
  /** 0 … 1 each; none: a plain line. */
  readonly bars: readonly number[];
  /** ms. */
  readonly length: number;
  /** Whether it is this one that the player has: then the place is the player's, else the beginning. */
  readonly active: boolean;
  readonly onSeek: (at: number) => void;
}

export function Seek({ bars, length, active, onSeek }: SeekProps) {
  const root = useRef<HTMLButtonElement>(null);
  /** Under a finger that has not let go, ms. */
  const [drag, setDrag] = useState<number>();
  const [at, setAt] = useState(0);
  useEffect(() => {
    const follow = () => setAt(active ? wholeSeconds(position.get()) : 0);
    follow();
    return active ? position.subscribe(follow) : undefined;
  }, [active]);
  useEffect(() => {
    // Ten times a second, and only where it shows.
    const show = () => {
      const place = drag ?? (active ? position.get() : 0);
      const share = length > 0 ? Math.min(1, place / length) : 0;
      root.current?.style.setProperty('--kith-played', `${(share * 100).toFixed(2)}%`);
    };
    show();
    return active ? position.subscribe(show) : undefined;
  }, [active, drag, length]);

  const placeOf = (event: PointerEvent<HTMLElement>): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return width > 0 ? Math.min(1, Math.max(0, (event.clientX - left) / width)) * length : 0;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const now = active ? position.get() : 0;
    const to: Readonly<Record<string, number>> = {
      ArrowRight: now + STEP_MS,
      ArrowLeft: now - STEP_MS,
      PageUp: now + LEAP_MS,
      PageDown: now - LEAP_MS,
      Home: 0,
      End: Math.max(0, length - 500),
    };
    const place = to[event.key];
    if (place === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    // The arrows of the timeline walk from message to message.
    event.preventDefault();
    event.stopPropagation();
    onSeek(Math.min(Math.max(0, place), length));
  };
  const shown = drag ?? at;
  return (
    <button
      ref={root}
      type="button"
      role="slider"
      className="kith-seek"
      dir="ltr"
      aria-label={t('play.seek')}
      aria-valuemin={0}
      aria-valuemax={Math.round(length / 1_000)}
      aria-valuenow={Math.round(shown / 1_000)}
      aria-valuetext={t('play.seekAt', { at: spokenTime(wholeSeconds(shown)), of: spokenTime(length) })}
      data-plain={bars.length === 0 || undefined}
      data-dragging={drag !== undefined || undefined}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        // Holding still here is not a long press on the message.
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag(placeOf(event));
      }}
      onPointerMove={(event) => {
        if (drag !== undefined) setDrag(placeOf(event));
      }}
      onPointerUp={(event) => {
        if (drag === undefined) return;
        setDrag(undefined);
        onSeek(placeOf(event));
      }}
      onPointerCancel={() => setDrag(undefined)}
      onContextMenu={(event) => event.stopPropagation()}
    >
      {bars.length === 0 ? <span className="kith-seek-line" /> : <Wave bars={bars} />}
    </button>
  );
}

/** Twice, one over the other: the upper one as far as it was played. */
const Wave = memo(function Wave({ bars }: { readonly bars: readonly number[] }) {
  const path = resample(bars, SHOWN)
    .map((bar, i) => {
      const height = Math.max(LEAST, Math.round(bar * HEIGHT));
      return `M${i * PITCH + 1.5},${(HEIGHT - height) / 2 + 1}v${Math.max(0.01, height - 2)}`;
    })
    .join('');
  const wave = (className: string) => (
    <svg
      className={className}
      viewBox={`0 0 ${SHOWN * PITCH - 1} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
  return (
    <>
      {wave('kith-seek-wave')}
      {wave('kith-seek-wave kith-seek-played')}
    </>
  );
});
