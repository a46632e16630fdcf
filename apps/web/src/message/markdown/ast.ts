/** What a message's text becomes: our own small tree, so that rendering knows nothing of the parser. */
export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'break' }
  | { readonly type: 'strong' | 'em' | 'del'; readonly children: readonly Inline[] }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'link'; readonly href: string; readonly children: readonly Inline[] }
  /** `who` is a user id, or `all`. */
  | { readonly type: 'mention'; readonly who: string }
  /** What may be a custom emoji: `:name:` without its colons. */
  | { readonly type: 'emoji'; readonly name: string };

interface Spaced {
  /** Whether an empty line stood before this block: kept, because people lay out messages by them. */
  readonly gap: boolean;
}

export type Block = Spaced &
  (
    | { readonly type: 'paragraph'; readonly children: readonly Inline[] }
    | { readonly type: 'quote'; readonly blocks: readonly Block[] }
    | {
        readonly type: 'list';
        readonly ordered: boolean;
        readonly start: number;
        readonly items: readonly (readonly Block[])[];
      }
    | { readonly type: 'code'; readonly lang: string; readonly text: string }
  );
