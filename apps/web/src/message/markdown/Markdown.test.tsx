import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { Markdown } from './Markdown.tsx';

// Names come from the client's store, which a rendering without a browser cannot subscribe to.
vi.mock('../names.tsx', () => ({ UserName: () => '<b>Ana</b>' }));

const ana = '01938b2e-7c1d-7e3a-9d5b-0123456789ab';
const render = (text: string, meId?: string) =>
  renderToStaticMarkup(<Markdown text={text} meId={meId} end={<i>12:30</i>} />);

describe('a message as HTML', () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '![x](https://a.example/x.png "onerror=alert(1)")',
    '<https://a.example/"onmouseover="alert(1)>',
    '[x](https://a.example/"onmouseover="alert(1))',
    '<a href="https://a.example" onclick="alert(1)">x</a>',
    '```"><script>alert(1)</script>\nx\n```',
    '**<svg/onload=alert(1)>**',
    '`<iframe src=x>`',
  ])('%j carries nothing that runs', (text) => {
    const tags = render(text).match(/<[^>]*>/g) ?? [];
    expect(tags.join('')).not.toMatch(/<(script|img|iframe|svg\/)|javascript:|data:|\son\w+=/i);
  });

  it('opens links apart, without telling where from', () => {
    expect(render('https://a.example/x')).toContain(
      '<a href="https://a.example/x" title="https://a.example/x" target="_blank" rel="noopener noreferrer nofollow">',
    );
  });

  it('names whom it mentions, and marks oneself', () => {
    expect(render(`<@${ana}>`)).toContain('<span class="kith-mention">@&lt;b&gt;Ana&lt;/b&gt;</span>');
    expect(render(`<@${ana}>`, ana)).toContain('data-me="true"');
  });

  it('puts the time into the last line of text, or below what is none', () => {
    expect(render('hi')).toContain('hi<i>12:30</i></p>');
    expect(render('- a\n- b')).toContain('b<i>12:30</i></p></li></ul>');
    expect(render('```\nx\n```')).toContain('<div class="kith-md-end"><i>12:30</i></div>');
  });
});
