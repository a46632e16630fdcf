/** The same emoji in all skin tones, above it: by a long press, the menu key or Alt and the arrow down. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { t } from '../i18n/index.ts';
import type { Emoji } from './data.ts';
import { TONES } from './tones.ts';

export interface VariantsProps {
  readonly emoji: Emoji;
  /** Within the picker, pixels. */
  readonly at: { readonly x: number; readonly y: number };
  readonly onPick: (char: string) => void;
  readonly onClose: () => void;
}

export function Variants({ emoji, at, onPick, onClose }: VariantsProps) {
  const chars = [emoji.char, ...emoji.tones];
  const [active, setActive] = useState(0);
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    row.current?.querySelectorAll('button')[active]?.focus();
  }, [active]);
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (!row.current?.contains(event.target as Node)) onClose();
    };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, [onClose]);

  const onKeyDown = (event: KeyboardEvent) => {
    const back =
      row.current && getComputedStyle(row.current).direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight')
      setActive((active + (event.key === back ? chars.length - 1 : 1)) % chars.length);
    else if (event.key === 'Home') setActive(0);
    else if (event.key === 'End') setActive(chars.length - 1);
    else return;
    // Closes this row, and not the picker around it.
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={row}
      className="kith-emoji-variants"
      role="menu"
      tabIndex={-1}
      aria-label={t('emoji.variants', { name: emoji.name })}
      style={{ insetBlockStart: at.y, left: at.x }}
      onKeyDown={onKeyDown}
    >
      {chars.map((char, index) => (
        <button
          key={char}
          type="button"
          role="menuitem"
          tabIndex={index === active ? 0 : -1}
          aria-label={t(TONES[index] ?? TONES[0])}
          onClick={() => onPick(char)}
        >
          {char}
        </button>
      ))}
    </div>
  );
}
