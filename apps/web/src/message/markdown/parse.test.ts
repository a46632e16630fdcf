import { describe, expect, it } from 'vitest';
import type { Block, Inline } from './ast.ts';
import { parse } from './parse.ts';

const id = '01938b2e-7c1d-7e3a-9d5b-0123456789ab';

const flatInline = (inline: Inline): string => {
  switch (inline.type) {
    case 'text':
      return inline.text;
    case 'break':
      return '\n';
    case 'code':
      return `\`${inline.text}\``;
    case 'mention':
      return `{${inline.who}}`;
    case 'emoji':
      return `:${inline.name}:`;
    case 'link':
      return `(${inline.children.map(flatInline).join('')} -> ${inline.href})`;
    default:
      return `<${inline.type}>${inline.children.map(flatInline).join('')}</${inline.type}>`;
  }
};
const flat = (blocks: readonly Block[]): string =>
  blocks
    .map((block) => {
      const before = block.gap ? '|' : '';
      switch (block.type) {
        case 'paragraph':
          return before + block.children.map(flatInline).join('');
        case 'quote':
          return `${before}quote[${flat(block.blocks)}]`;
        case 'code':
          return `${before}code:${block.lang}[${block.text}]`;
        case 'list':
          return `${before}${block.ordered ? `ol${block.start}` : 'ul'}[${block.items.map(flat).join(' · ')}]`;
      }
    })
    .join(' / ');

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe('the subset', () => {
  it.each([
    ['**b** *i* _i_ ~~s~~ `c`', '<strong>b</strong> <em>i</em> <em>i</em> <del>s</del> `c`'],
    ['one\ntwo', 'one\ntwo'],
    ['one\n\ntwo', 'one / |two'],
    ['```ts\nconst a = 1;\n```', 'code:ts[const a = 1;]'],
    ['> hi\n> there', 'quote[hi\nthere]'],
    ['- a\n- b', 'ul[a · b]'],
    ['3. a\n4. b', 'ol3[a · b]'],
    ['- a\n  - b', 'ul[a / ul[b]]'],
    ['see https://a.example/x?y=1&z=2.', 'see (https://a.example/x?y=1&z=2 -> https://a.example/x?y=1&z=2).'],
    ['[site](https://a.example)', '(site -> https://a.example/)'],
    ['www.a.example', '(www.a.example -> http://www.a.example/)'],
    // Where it leads is told as it will be opened: no letters that only look like others, nothing relative.
    ['[site](https://\u0430.example)', '(site -> https://xn--80a.example/)'],
    ['[site](https:settings)', '(site -> https://settings/)'],
    ['[site](https://bank.example@evil.example)', '(site -> https://bank.example@evil.example/)'],
    ['me@a.example', '(me@a.example -> mailto:me@a.example)'],
    ['snake_case_name stays', 'snake_case_name stays'],
    ['2 * 3 * 4', '2 * 3 * 4'],
  ])('%j', (text, expected) => expect(flat(parse(text))).toBe(expected));
});

describe('what may be a custom emoji', () => {
  const names = (text: string): string[] =>
    parse(text).flatMap((block) =>
      block.type === 'paragraph'
        ? block.children.flatMap((inline) => (inline.type === 'emoji' ? [inline.name] : []))
        : [],
    );
  it.each([
    ['hi :party_fox: there', ['party_fox']],
    [':a1::b2:', ['a1', 'b2']],
    ['at 10:30:45', []],
    ['https://a.example/:x1:/', []],
    ['`:owl:`', []],
    [':Owl: :o: :o w:', []],
  ])('%j', (text, expected) => expect(names(text)).toEqual(expected));
});

describe('outside the subset is literal', () => {
  it.each([
    '# heading',
    'text\n===',
    'text\n---',
    '---',
    '<b>bold</b>',
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '&amp; &lt; &copy;',
    '[x]: y',
    '    indented',
    '[a](javascript:alert(1))',
    '[a](JaVaScRiPt:alert(1))',
    '[a](data:text/html,x)',
    '[a](vbscript:x)',
    '[a](//a.example)',
    '[a](relative)',
    '[a](#hash)',
    '![alt](relative.png)',
  ])('%j', (text) => expect(flat(parse(text))).toBe(text));

  it('shows the address of an image instead of loading it', () =>
    expect(flat(parse('![alt](https://a.example/x.png)'))).not.toContain('img'));
  it('keeps every line of a table', () => {
    expect(flat(parse('a|b\n-|-\n1|2'))).toContain('a|b');
    expect(flat(parse('a|b\n-|-\n1|2'))).toContain('1|2');
  });
  it('keeps task boxes', () => expect(flat(parse('- [ ] a\n- [x] b'))).toBe('ul[[ ] a · [x] b]'));
});

describe('mentions', () => {
  it('finds people and everyone', () =>
    expect(flat(parse(`hi <@${id}>, <@all>!`))).toBe(`hi {${id}}, {all}!`));
  it('inside emphasis, quotes and lists', () =>
    expect(flat(parse(`**<@${id}>**\n> <@all>\n\n- <@${id}>`))).toBe(
      `<strong>{${id}}</strong> / quote[{all}] / |ul[{${id}}]`,
    ));
  it('not inside code', () => {
    expect(flat(parse(`\`<@${id}>\``))).toBe(`\`<@${id}>\``);
    expect(flat(parse(`\`\`\`\n<@${id}>\n\`\`\``))).toBe(`code:[<@${id}>]`);
  });
  it('not when malformed', () => expect(flat(parse('<@nobody> <@ALL>'))).toBe('<@nobody> <@ALL>'));
});

describe('hostile input', () => {
  const size = 20_000;
  const fill = (unit: string): string => unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
  const units =
    '*|_|[|>|> |~|`|<|!|![|[a](|*a |**a |*a **b |_a |~~a |a*|<a@|www.|http://|a.b@|- |- a\n|  - |1. |> a\n|>\n|[]|\\|&amp;|#|# |---\n|```\n|`a|<!--|</|(((|a*b_|*_|[a](b)|**a** |<@|<@all>|\n|\t|> - |- > |1)\n|é*|*a_b*c_|https://a.b/(|~a~|a|\u200d';
  const cases = [
    ...units
      .split('|')
      .filter((unit) => unit !== '')
      .map((unit): [string, string] => [unit, fill(unit)]),
    ['|', fill('|')],
    ['table', fill('a|b\n-|-\n')],
    ['open and close', '['.repeat(size / 2) + ']'.repeat(size / 2)],
    ['stars around', `${'*'.repeat(size / 2)}a${'*'.repeat(size / 2)}`],
    ['quotes one deeper each line', Array.from({ length: 190 }, (_, i) => `${'>'.repeat(i)}a`).join('\n')],
    [
      'lists one deeper each line',
      Array.from({ length: 190 }, (_, i) => `${' '.repeat(2 * i)}- a`)
        .join('\n')
        .slice(0, size),
    ],
    ['growing ticks', Array.from({ length: 190 }, (_, i) => '`'.repeat(i)).join('a')],
    ['just under the limit, stars', `${'*'.repeat(1499)}a${'*'.repeat(1499)}`],
    ['just under the limit, brackets', `${'['.repeat(2999)}${'a'.repeat(17_000)}`],
    ['just under the limit, bangs', `${'!'.repeat(2999)}${'a'.repeat(17_000)}`],
  ] as const;

  it.each(cases)('%j keeps its bounds', (_, text) => {
    const started = performance.now();
    const blocks = parse(text);
    // Far above what it takes (a few ms), so that a busy machine does not fail it; quadratic blow-up would.
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(depthOf(blocks)).toBeLessThan(80);
    // Blank text cannot be sent; everything else must show something.
    if (text.trim() !== '') expect(flat(blocks)).not.toBe('');
  });

  it('shows deep quotes literally beyond the cap', () => {
    expect(flat(parse(`${'>'.repeat(20)} deep`))).toMatch(/^(quote\[){6}>+ deep\]{6}$/);
  });

  it('loses no text of a hostile message', () => {
    const text = fill('*a_');
    expect(flat(parse(text))).toBe(text);
  });

  it('still formats a long code block', () => {
    expect(parse(`\`\`\`js\n${fill('a[*]').slice(0, 19_000)}\n\`\`\``)[0]?.type).toBe('code');
  });
});
