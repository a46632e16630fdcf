/** How loud it is now and was just before: bars that walk on as one speaks, so that one sees that one is heard. */
import { useEffect, useRef } from 'react';
import { levelsAt } from './recordings.ts';
import './record.css';

const DRAW_MS = 50;
/** A bar for each two looks at the microphone. */
const LEVELS_A_BAR = 2;
const PITCH = 4;
const WIDTH = 2;
const LEAST = 2;

export function LevelMeter({ place, running }: { readonly place: string; readonly running: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = () => {
      if (canvas.current) paint(canvas.current, levelsAt(place));
    };
    draw();
    if (!running) return;
    const timer = setInterval(draw, DRAW_MS);
    return () => clearInterval(timer);
  }, [place, running]);
  return (
    <span className="kith-record-level" aria-hidden="true">
      <canvas ref={canvas} />
    </span>
  );
}

function paint(canvas: HTMLCanvasElement, levels: readonly number[]): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { clientWidth, clientHeight } = canvas;
  const scale = devicePixelRatio;
  // Also wipes it.
  canvas.width = Math.round(clientWidth * scale);
  canvas.height = Math.round(clientHeight * scale);
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(canvas).color;
  const room = Math.floor(clientWidth / PITCH);
  const whole = Math.floor(levels.length / LEVELS_A_BAR);
  for (let back = 0; back < room; back += 1) {
    const bar = whole - 1 - back;
    const level = bar < 0 ? 0 : Math.max(...levels.slice(bar * LEVELS_A_BAR, (bar + 1) * LEVELS_A_BAR));
    const height = Math.max(LEAST, level * clientHeight);
    context.globalAlpha = bar < 0 ? 0.25 : 1;
    context.fillRect(clientWidth - (back + 1) * PITCH, (clientHeight - height) / 2, WIDTH, height);
  }
}
