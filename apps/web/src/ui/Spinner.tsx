/** Something takes time. Silent to screen readers: whoever shows it says what is going on. */
export function Spinner({ className, size = 16 }: { readonly className?: string; readonly size?: number }) {
  return (
    <svg
      className={`kith-spinner${className ? ` ${className}` : ''}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="8" cy="8" r="6" opacity="0.2" />
      <path d="M8 2a6 6 0 0 1 6 6" />
    </svg>
  );
}
