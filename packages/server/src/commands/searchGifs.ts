import type { Handler } from '../services.ts';

export const searchGifs: Handler<'searchGifs'> = async (services, _caller, input) =>
  services.gifs.search(input);
