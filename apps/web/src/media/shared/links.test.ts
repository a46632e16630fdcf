import type { LinkPreview, MessageRecord } from '@kith/protocol';
import { expect, it } from 'vitest';
import { linksOf } from './links.ts';

const preview: LinkPreview = { url: 'https://a.example/x', title: 'A page' };
const message = (text: string, linkPreview?: LinkPreview): MessageRecord =>
  ({
    body: { type: 'content', content: { type: 'plain', text } },
    ...(linkPreview && { linkPreview }),
  }) as MessageRecord;

it('finds the links that the timeline shows, each once, the first with its preview', () => {
  const links = linksOf(
    message(
      '> see https://www.a.example/x\n\n- **[there](https://b.example/)** and https://www.a.example/x',
      preview,
    ),
  );
  expect(links.map(({ href, address }) => [href, address])).toEqual([
    ['https://www.a.example/x', 'a.example/x'],
    ['https://b.example/', 'b.example'],
  ]);
  expect(links.map((link) => link.preview)).toEqual([preview, undefined]);
  expect(links.map(({ alone }) => alone)).toEqual([false, false]);
});

it('a link that stands alone says so', () => {
  expect(linksOf(message('https://a.example/x?y=1'))).toEqual([
    { href: 'https://a.example/x?y=1', address: 'a.example/x?y=1', preview: undefined, alone: true },
  ]);
});

it('leaves out what leads to no page: mail, code, scripts, and messages without words', () => {
  expect(
    linksOf(message('write to ana@a.example, run `https://a.example`, [no](javascript:alert(1))')),
  ).toEqual([]);
  expect(linksOf({ body: { type: 'deleted' } } as MessageRecord)).toEqual([]);
});

it('tells the true host of a name that looks like another', () => {
  const [link] = linksOf(message('[apple](https://\u0430pple.example/)'));
  expect(link?.address).toMatch(/^xn--/);
});
