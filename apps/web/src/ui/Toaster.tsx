import { X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { IconButton } from './IconButton.tsx';
import { close, toasts } from './toast.ts';

const LASTS_MS = 6_000;

/** Stands once, at the root. The region is always there, because screen readers only announce what appears inside one. */
export function Toaster() {
  const toast = useSyncExternalStore(toasts.subscribe, toasts.get);
  // Whoever reads or reaches for it must not lose it.
  const [held, setHeld] = useState(false);
  const id = toast?.lasting ? undefined : toast?.id;

  useEffect(() => {
    if (id === undefined || held) return;
    const timer = setTimeout(close, LASTS_MS, id);
    return () => clearTimeout(timer);
  }, [id, held]);

  return (
    <div className="kith-toaster" role="status" aria-live="polite" aria-atomic="true">
      {toast && (
        // biome-ignore lint/a11y/noStaticElementInteractions: pausing on hover adds nothing that a keyboard could miss.
        <div
          key={toast.id}
          className="kith-toast"
          data-tone={toast.tone}
          onPointerEnter={() => setHeld(true)}
          onPointerLeave={() => setHeld(false)}
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
        >
          <p>{toast.text}</p>
          {toast.action && (
            <button
              type="button"
              className="kith-toast-action"
              onClick={() => {
                close(toast.id);
                setHeld(false);
                toast.action?.run();
              }}
            >
              {toast.action.label}
            </button>
          )}
          <IconButton
            icon={X}
            label="Dismiss"
            size="s"
            bare
            onClick={() => {
              close(toast.id);
              setHeld(false);
              toast.onDismiss?.();
            }}
          />
        </div>
      )}
    </div>
  );
}
