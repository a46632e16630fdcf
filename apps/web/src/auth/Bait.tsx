/**
 * A field for machines, which fill in what there is. People neither see nor reach it; the words keep the well-known managers
 * of passwords from it. Not `display: none`, which machines look for.
 */
export function Bait() {
  return (
    <div className="kith-hidden" aria-hidden="true">
      <input
        type="text"
        name="website"
        tabIndex={-1}
        autoComplete="off"
        data-1p-ignore=""
        data-lpignore="true"
        data-bwignore=""
        data-form-type="other"
      />
    </div>
  );
}
