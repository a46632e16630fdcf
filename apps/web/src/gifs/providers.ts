/** What the providers of GIFs call themselves, in every language. */
import type { GifProvider } from '@kith/protocol';

export const providerNames: Readonly<Record<GifProvider, string>> = { giphy: 'GIPHY', tenor: 'Tenor' };
