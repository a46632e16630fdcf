/** So that the app itself opens with no network. Only in what was built: in development files change under it. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // After the app stands: it must not wait for its own spare copy.
  addEventListener('load', () => {
    navigator.serviceWorker
      .register('/sw.js')
      .catch((error: unknown) => console.warn('No offline copy of the app:', error));
  });
}
