/** Which provider the configuration asks for. */
import type { GifProvider } from '@kith/protocol';
import { loadSecret } from '../accounts/secret.ts';
import type { Config } from '../config.ts';
import type { Db } from '../store/database.ts';
import { createGifs, type Gifs, noGifs } from './gifs.ts';
import { giphy } from './giphy.ts';
import type { Provider } from './provider.ts';
import { tenor } from './tenor.ts';

const providers: Readonly<Record<GifProvider, (key: string) => Provider>> = { tenor, giphy };

export async function configuredGifs(
  { gifProvider, gifKey, gifUrl }: Pick<Config, 'gifProvider' | 'gifKey' | 'gifUrl'>,
  db: Db,
): Promise<Gifs> {
  if (gifProvider === null || gifKey === null) return noGifs;
  return createGifs({
    provider: providers[gifProvider](gifKey),
    base: gifUrl,
    secret: await loadSecret(db, 'gifs'),
  });
}
