/** The mark: a K whose arms are a small and a larger speech curve meeting at the stem. Takes the colour of the text. */
export function Mark({ size = 32, label }: { readonly size?: number; readonly label?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeWidth="4.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      <path d="M8.5 4v24M8.5 18c6 0 11-4.2 11-10.5M8.5 18c9.5 0 16 3.5 16 10" />
    </svg>
  );
}
