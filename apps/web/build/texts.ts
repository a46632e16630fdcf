/**
 * Finds what a source file says to people: words written into it that belong into the catalogs, and the keys of the catalogs
 * it uses. For the check in src/i18n/hardcoded.test.ts.
 */
import { parseSync } from 'vite';

export interface Found {
  readonly line: number;
  readonly text: string;
}

/** `t(key, { … })` or `rich(…)` with a key that is written out. */
export interface Use {
  readonly line: number;
  readonly key: string;
  /** Names of the arguments; undefined when they are put together elsewhere. */
  readonly args: readonly string[] | undefined;
}

export interface Texts {
  readonly hardCoded: readonly Found[];
  readonly uses: readonly Use[];
  /** All strings, for keys that stand in tables. */
  readonly strings: ReadonlySet<string>;
  /** Keys put together, such as `error.${code}`. */
  readonly patterns: readonly RegExp[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/** Attributes and properties whose words people see or hear. */
const SEEN = new Set(
  'label title alt placeholder hint legend text verb description heading none message error cancel notice tip aria-label aria-description aria-roledescription aria-valuetext aria-placeholder data-tip'.split(
    ' ',
  ),
);
/** Functions whose first argument people see. */
const TELLS = new Set(['toast', 'setError', 'setWrong', 'alert', 'confirm', 'prompt']);
/** What programmers read, and names that are the same in every language. */
const FOR_PROGRAMMERS = /^(?:Error|TypeError|RangeError|KithError|DOMException|warn|error|log|debug)$/;
const SAME_EVERYWHERE = new Set([
  'Kith',
  'Kith Web',
  'Samsung Internet',
  'Ctrl',
  'Ctrl K',
  'Alt',
  'Shift',
  'Enter',
  'Esc',
  'K',
  'x',
  'all',
]);
/** A key of the catalogs, on its way to `t`. */
const KEY = /^[a-z]\w*(?:\.\w+)+$/i;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
const nodes = (value: unknown): readonly Node[] =>
  Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
const nameOf = (node: unknown): string =>
  isNode(node) ? String(node['name'] ?? node['value'] ?? nameOf(node['property'])) : '';

/** The fixed pieces of a string or a template; undefined for anything else. */
function piecesOf(node: Node): readonly string[] | undefined {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return [node['value']];
  if (node.type !== 'TemplateLiteral') return undefined;
  return nodes(node['quasis']).map((quasi) => (quasi['value'] as { readonly cooked: string }).cooked);
}

/** The strings that an expression may come to be: both ends of a choice, not the arguments of a call. */
function outcomes(node: Node): readonly Node[] {
  switch (node.type) {
    case 'ConditionalExpression':
      return [...nodes(node['consequent']), ...nodes(node['alternate'])].flatMap(outcomes);
    case 'LogicalExpression':
    case 'BinaryExpression':
      return node['operator'] === '===' || node['operator'] === '!=='
        ? []
        : [...nodes(node['left']), ...nodes(node['right'])].flatMap(outcomes);
    case 'JSXExpressionContainer':
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return nodes(node['expression']).flatMap(outcomes);
    default:
      return [node];
  }
}

export function textsIn(file: string, source: string): Texts {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const found = new Map<number, Found>();
  const uses: Use[] = [];
  const strings = new Set<string>();
  const patterns: RegExp[] = [];

  const lineOf = (node: Node): number => source.slice(0, node.start).split('\n').length;
  const complain = (node: Node, pieces: readonly string[]): void => {
    const text = pieces.join('…').trim();
    const words = text.replace(/[^\p{L}\s]/gu, '').trim();
    if (words === '' || SAME_EVERYWHERE.has(words) || KEY.test(text)) return;
    found.set(node.start, { line: lineOf(node), text });
  };
  const people = (value: unknown): void => {
    for (const node of nodes(value).flatMap(outcomes)) complain(node, piecesOf(node) ?? []);
  };

  const use = (call: Node): void => {
    const [key, values] = nodes(call['arguments']);
    const properties = values ? nodes(values['properties']) : [];
    const known =
      !values || (values.type === 'ObjectExpression' && properties.every(({ type }) => type === 'Property'));
    const args = known ? properties.map((property) => nameOf(property['key'])).sort() : undefined;
    for (const node of key ? outcomes(key) : []) {
      const pieces = piecesOf(node);
      if (pieces?.length === 1) uses.push({ line: lineOf(node), key: pieces[0] ?? '', args });
    }
  };

  /** `silent`: inside of what programmers read. */
  const walk = (node: Node, silent: boolean): void => {
    const pieces = piecesOf(node);
    if (pieces) {
      strings.add(pieces.join(''));
      if (pieces.length > 1 && /^[a-z]\w*\./i.test(pieces[0] ?? ''))
        patterns.push(
          new RegExp(`^${pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`),
        );
      // A sentence is for people wherever it stands.
      if (!silent && /^\p{Lu}\S*\s+\S*\p{L}/u.test(pieces.join('…'))) complain(node, pieces);
    }
    let quiet = silent;
    switch (node.type) {
      case 'ImportDeclaration':
      case 'TSLiteralType':
      case 'TSTemplateLiteralType':
        return;
      case 'JSXText':
        complain(node, [String(node['value'])]);
        return;
      case 'JSXElement':
      case 'JSXFragment':
        for (const child of nodes(node['children'])) if (child.type !== 'JSXElement') people(child);
        break;
      case 'JSXAttribute':
        if (SEEN.has(nameOf(node['name']))) people(node['value']);
        else quiet = true;
        break;
      case 'Property':
        if (SEEN.has(nameOf(node['key']))) people(node['value']);
        break;
      case 'AssignmentExpression':
        if (nameOf(node['left']) === 'title') people(node['right']);
        break;
      case 'NewExpression':
      case 'CallExpression': {
        const name = nameOf(node['callee']);
        if (name === 't' || name === 'rich') use(node);
        else if (TELLS.has(name)) people(nodes(node['arguments'])[0]);
        else if (FOR_PROGRAMMERS.test(name)) quiet = true;
        break;
      }
      default:
    }
    for (const value of Object.values(node)) for (const child of nodes(value)) walk(child, quiet);
  };
  walk(program as unknown as Node, false);
  return { hardCoded: [...found.values()], uses, strings, patterns };
}
