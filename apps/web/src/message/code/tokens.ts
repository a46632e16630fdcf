/** Which stretches of a code are what: what the worker finds out, and the page paints. */
import { common, createLowlight } from 'lowlight';
import { KINDS, type Kind } from './kinds.ts';

/** Names that the grammars give to what we tell apart. Of `title.function` the longest part that stands here counts. */
const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  comment: ['comment', 'quote', 'doctag'],
  keyword: ['keyword', 'operator', 'section', 'selector-tag', 'name', 'deletion'],
  string: ['string', 'regexp', 'char', 'link', 'addition'],
  number: ['number', 'literal', 'symbol', 'bullet', 'variable.constant'],
  name: [
    'title',
    'attr',
    'attribute',
    'property',
    'selector-class',
    'selector-id',
    'selector-attr',
    'selector-pseudo',
  ],
  type: ['type', 'built_in', 'title.class'],
  meta: ['meta', 'variable', 'template-variable', 'template-tag'],
};
const KIND_OF = new Map(KINDS.flatMap((kind) => NAMES[kind].map((name) => [name, kind] as const)));

const lowlight = createLowlight(common);

type Tree = ReturnType<typeof lowlight.highlight>;
type Node = Tree['children'][number];

/** Start, end and kind (its place in KINDS) of each coloured stretch, in turn; nothing of a language nobody knows here. */
export function tokensOf(lang: string, text: string): Uint32Array {
  const name = lang.toLowerCase();
  if (!lowlight.registered(name)) return new Uint32Array();
  const found: number[] = [];
  let at = 0;
  const walk = (nodes: readonly Node[], kind: Kind | undefined): void => {
    for (const node of nodes) {
      if (node.type === 'element') {
        const classes = node.properties['className'];
        // What a string has put into it is code again, and takes no colour from around it.
        const inner = Array.isArray(classes) && classes.includes('hljs-subst');
        walk(node.children, inner ? undefined : (kindOf(classes) ?? kind));
      }
      if (node.type === 'text') {
        const end = at + node.value.length;
        if (kind) found.push(at, end, KINDS.indexOf(kind));
        at = end;
      }
    }
  };
  walk(lowlight.highlight(name, text).children, undefined);
  return Uint32Array.from(found);
}

/** `['hljs-title', 'function_']` is how the grammars' `title.function` arrives. */
function kindOf(classes: unknown): Kind | undefined {
  if (!Array.isArray(classes)) return undefined;
  const parts = classes.map((part) => String(part).replace(/^hljs-|_$/g, ''));
  for (let length = parts.length; length > 0; length--) {
    const kind = KIND_OF.get(parts.slice(0, length).join('.'));
    if (kind) return kind;
  }
  return undefined;
}
