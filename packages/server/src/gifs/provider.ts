/** What a provider of moving pictures is to us: an address to ask, and an answer to understand. */
import type { GifProvider } from '@kith/protocol';

export interface GifQuestion {
  /** '' for what is in fashion. */
  readonly query: string;
  /** ISO 639-1. */
  readonly language: string;
  /** As the provider told it, for the next page. */
  readonly position: string | null;
}

/** A picture at the provider: https addresses, not yet ours. */
export interface ProviderGif {
  readonly id: string;
  readonly url: string;
  /** The same without motion. */
  readonly still: string;
  /** Small, for a grid. */
  readonly thumb: string;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
}

export interface Provider {
  readonly name: GifProvider;
  readonly base: string;
  /** Where its pictures are. Nothing else is ever fetched for anybody. */
  readonly mediaHost: RegExp;
  /** The path and query below `base`. */
  ask(question: GifQuestion): string;
  /** @throws ZodError when it is no answer of theirs. Single pictures that we do not understand are left out. */
  understand(answer: unknown): { readonly gifs: readonly ProviderGif[]; readonly position: string | null };
}

/** Pictures of one page. */
export const PAGE = 24;
