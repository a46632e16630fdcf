// Sets the chosen theme before the first paint, so that nobody who chose dark sees a white flash. Not part of the bundle:
// that one runs after the page is parsed. Keys and values as in src/theme/theme.ts.
{
  let choice = null;
  try {
    choice = localStorage.getItem('kith.theme');
  } catch {
    // Storage is blocked: the system's theme it is.
  }
  const root = document.documentElement;
  if (choice === 'light' || choice === 'dark') root.dataset.theme = choice;
  if (choice === 'contrast' || matchMedia('(prefers-contrast: more)').matches) root.dataset.contrast = 'more';
}
