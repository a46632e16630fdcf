import { type ReactNode, useId } from 'react';

export interface ChoiceProps<T extends string> {
  readonly legend: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string; readonly hint?: string }[];
  readonly onChange: (value: T) => void;
  readonly disabled?: boolean;
  /** What stands above says it already: the legend is for those who hear the screen. */
  readonly bare?: boolean;
}

/** One of a few, each with a line that says what it means. */
export function Choice<T extends string>({
  legend,
  value,
  options,
  onChange,
  disabled,
  bare,
}: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="kith-choice" disabled={disabled}>
      <legend className={bare ? 'kith-hidden' : undefined}>{legend}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>
            {option.label}
            {option.hint && <small>{option.hint}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** One of a few short words, side by side. */
export function Segments<T extends string>({ legend, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="kith-segments">
      <legend>{legend}</legend>
      <div>
        {options.map((option) => (
          <label key={option.value} title={option.hint}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A titled part of a pane. */
export function Section({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  const id = useId();
  return (
    <section className="kith-section" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {action}
      </header>
      {children}
    </section>
  );
}
