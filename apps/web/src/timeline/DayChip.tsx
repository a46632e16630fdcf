/** The day of what is at the top, while scrolling. Apart from the list, so that a scroll renders this and nothing else. */
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { formatDay } from '../message/time.ts';

export interface DayChipHandle {
  /** `inline`: the day's own divider is just there, no need to say it twice. */
  scrolled(day: number, inline: boolean): void;
}

const STAYS_MS = 1_000;

export interface DayChipProps {
  readonly ref: Ref<DayChipHandle>;
  readonly onPress: () => void;
}

/** For pointers: the dividers between the days say and do the same for everybody. */
export function DayChip({ ref, onPress }: DayChipProps) {
  const [day, setDay] = useState<number>();
  const [visible, setVisible] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useImperativeHandle(
    ref,
    () => ({
      scrolled(next, inline) {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setVisible(false), STAYS_MS);
        setDay(next);
        setVisible(!inline);
      },
    }),
    [],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <div className="kith-day kith-day-chip" data-visible={visible || undefined} aria-hidden="true">
      {day !== undefined && (
        <button type="button" tabIndex={-1} onClick={onPress}>
          {formatDay(day)}
        </button>
      )}
    </div>
  );
}
