import { numberText } from '../i18n/words.ts';

/** A count such as unread messages; one more than the cap reads "999+". Nothing when zero. */
export function Badge({
  count,
  cap = 999,
  quiet = false,
  label,
}: {
  readonly count: number;
  readonly cap?: number;
  /** Counts, and asks for nothing. */
  readonly quiet?: boolean;
  /** What a screen reader hears of it. */
  readonly label?: (count: string) => string;
}) {
  if (count <= 0) return null;
  const text = count > cap ? `${numberText(cap)}+` : numberText(count);
  return (
    <span className="kith-badge" data-quiet={quiet || undefined}>
      <span aria-hidden={label ? 'true' : undefined}>{text}</span>
      {label && <span className="kith-hidden">{label(text)}</span>}
    </span>
  );
}
