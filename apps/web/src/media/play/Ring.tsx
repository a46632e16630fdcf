/** A circle around a round picture that closes as time goes by. */
import './ring.css';

export function Ring({ share, turning = false }: { readonly share: number; readonly turning?: boolean }) {
  const shown = turning ? 0.15 : Math.min(1, Math.max(0, share));
  return (
    <svg className="kith-ring" viewBox="0 0 100 100" data-turning={turning || undefined} aria-hidden="true">
      {shown > 0 && <circle cx="50" cy="50" r="49" pathLength="100" strokeDasharray={`${shown * 100} 100`} />}
    </svg>
  );
}
