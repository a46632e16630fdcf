/**
 * Keeps the app inside what a phone's keyboard leaves of the screen. Chrome resizes the page by itself (see the viewport tag
 * in index.html); Safari lays the keyboard over it and scrolls, so there the visible part is measured.
 */
export function trackViewport(): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const { style } = document.documentElement;
  const measure = (): void => {
    // Zoomed in with two fingers: the page is larger than the screen on purpose.
    const covered = viewport.scale < 1.01 && window.innerHeight - viewport.height > 60;
    if (covered) {
      style.setProperty('--kith-viewport-height', `${viewport.height}px`);
      style.setProperty('--kith-viewport-top', `${viewport.offsetTop}px`);
      document.documentElement.dataset['keyboard'] = 'open';
    } else {
      style.removeProperty('--kith-viewport-height');
      style.removeProperty('--kith-viewport-top');
      delete document.documentElement.dataset['keyboard'];
    }
  };
  viewport.addEventListener('resize', measure);
  viewport.addEventListener('scroll', measure);
}
