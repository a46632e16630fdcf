/** What opens over the app and is loaded then. Without a network it may not come: that is said, and the app stays. */
import { type ComponentType, useEffect, useState } from 'react';
import { toastError } from '../ui/toast.ts';

export function onDemand<P extends object>(
  load: () => Promise<{ readonly default: ComponentType<P> }>,
): ComponentType<P> {
  // React.lazy would keep a failure for good, and hand it to whatever boundary is above.
  let known: ComponentType<P> | undefined;
  return function OnDemand(props: P) {
    const [Part, setPart] = useState<ComponentType<P> | undefined>(() => known);
    const [attempt, setAttempt] = useState(0);
    // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again.
    useEffect(() => {
      if (known) return;
      let closed = false;
      load().then(
        (loaded) => {
          known = loaded.default;
          if (!closed) setPart(() => loaded.default);
        },
        (error: unknown) => {
          if (!closed) toastError(error, () => setAttempt((count) => count + 1));
        },
      );
      return () => {
        closed = true;
      };
    }, [attempt]);
    return Part ? <Part {...props} /> : null;
  };
}
