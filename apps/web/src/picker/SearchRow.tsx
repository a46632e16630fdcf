/** The search field at the top of a picker. It takes the focus where there is a keyboard. */
import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { pointerFine } from '../app/media.ts';

export interface SearchRowProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** From the field into what was found. */
  readonly onDown: () => void;
}

export function SearchRow({ label, value, onChange, onDown }: SearchRowProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (pointerFine.get()) field.current?.focus();
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onDown();
  };
  return (
    <div className="kith-emoji-search">
      <Search size={16} strokeWidth={1.75} aria-hidden="true" />
      <input
        ref={field}
        type="text"
        role="searchbox"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
