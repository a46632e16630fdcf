const format = new Intl.NumberFormat();

/** A count such as unread messages; one more than the cap reads "999+". Nothing when zero. */
export function Badge({
  count,
  cap = 999,
  label,
}: {
  readonly count: number;
  readonly cap?: number;
  readonly label?: string;
}) {
  if (count <= 0) return null;
  const text = count > cap ? `${format.format(cap)}+` : format.format(count);
  return (
    <span className="kith-badge">
      <span aria-hidden={label ? 'true' : undefined}>{text}</span>
      {label && <span className="kith-hidden">{`${text} ${label}`}</span>}
    </span>
  );
}
