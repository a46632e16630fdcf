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
  try {
    // Ready to be set, as src/theme/appearance.ts left it.
    const { data = {}, tokens = {} } = JSON.parse(localStorage.getItem('kith.appearance') ?? '{}');
    Object.assign(root.dataset, data);
    for (const [name, value] of Object.entries(tokens)) root.style.setProperty(name, value);
  } catch {
    // Blocked, or what another version wrote: the usual look.
  }
  if (choice === 'contrast' || matchMedia('(prefers-contrast: more)').matches) root.dataset.contrast = 'more';
}
