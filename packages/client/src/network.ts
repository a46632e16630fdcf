/** What the browser says about the network and the screen. Elsewhere: always online, never anything new. */
export interface Network {
  online(): boolean;
  listen(handlers: { back(): void; lost(): void }): () => void;
}

export const steadyNetwork: Network = { online: () => true, listen: () => () => {} };

export function browserNetwork(): Network {
  if (typeof window === 'undefined' || typeof document === 'undefined') return steadyNetwork;
  return {
    online: () => navigator.onLine,
    listen: ({ back, lost }) => {
      const seen = () => {
        if (document.visibilityState === 'visible') back();
      };
      // Coming out of the back-forward cache closes sockets without an event.
      const shown = (event: PageTransitionEvent) => {
        if (event.persisted) back();
      };
      window.addEventListener('online', back);
      window.addEventListener('offline', lost);
      window.addEventListener('pageshow', shown);
      document.addEventListener('visibilitychange', seen);
      return () => {
        window.removeEventListener('online', back);
        window.removeEventListener('offline', lost);
        window.removeEventListener('pageshow', shown);
        document.removeEventListener('visibilitychange', seen);
      };
    },
  };
}
