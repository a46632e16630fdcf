/** What the browser knows that helps to read a number: where it is set to be. Which numbers there are, the server knows. */

/** `DE` of `de-DE`; undefined where it says a language alone. */
export function regionOf(languages: readonly string[]): string | undefined {
  for (const language of languages) {
    try {
      const { region } = new Intl.Locale(language);
      if (region && /^[A-Z]{2}$/.test(region)) return region;
    } catch {
      // Not a language tag: the next one may be.
    }
  }
  return undefined;
}

/** As the server takes it. */
export function asNumber(typed: string): { readonly phone: string; readonly region?: string } {
  const region = regionOf(navigator.languages);
  return { phone: typed.trim(), ...(region !== undefined && { region }) };
}
