import { Search } from 'lucide-react';

export interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Takes the focus when the pane opens. */
  readonly first?: boolean;
  /** Takes the best that was found. */
  readonly onEnter?: () => void;
}

export function SearchField({ label, value, onChange, first, onEnter }: SearchFieldProps) {
  return (
    <div className="kith-search kith-pane-search">
      <Search size={16} strokeWidth={2} aria-hidden="true" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) onEnter?.();
        }}
        autoComplete="off"
        spellCheck={false}
        data-first={first || undefined}
      />
    </div>
  );
}
