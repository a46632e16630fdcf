import { X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { t } from '../i18n/index.ts';
import { IconButton } from './IconButton.tsx';
import { close, toasts } from './toast.ts';

const LASTS_MS = 6_000;

/** Stands once, at the root. The region is always there, because screen readers only announce what appears inside one. */
export function Toaster() {
  const toast = useSyncExternalStore(toasts.subscribe, toasts.get);
  // Whoever reads or reaches for it must not lose it.
  const [heldId, setHeldId] = useState<number>();
  const id = toast?.lasting ? undefined : toast?.id;
  // One that was replaced under the pointer is left without a word: only this one counts.
  const held = id !== undefined && id === heldId;

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
          onPointerEnter={() => setHeldId(toast.id)}
          onPointerLeave={() => setHeldId(undefined)}
          onFocus={() => setHeldId(toast.id)}
          onBlur={() => setHeldId(undefined)}
        >
          <p>{toast.text}</p>
          {toast.other && (
            <button
              type="button"
              className="kith-toast-action"
              onClick={(event) => toast.other?.run(event.currentTarget)}
            >
              {toast.other.label}
            </button>
          )}
          {toast.action && (
            <button
              type="button"
              className="kith-toast-action"
              onClick={() => {
                close(toast.id, true);
                toast.action?.run();
              }}
            >
              {toast.action.label}
            </button>
          )}
          <IconButton
            icon={X}
            label={t('common.dismiss')}
            size="s"
            bare
            onClick={() => {
              close(toast.id);
              toast.onDismiss?.();
            }}
          />
        </div>
      )}
    </div>
  );
}
