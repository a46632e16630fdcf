import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, describe, expect, it } from 'vitest';
import { directionOf, isolate } from './direction.ts';
import { rich, speak, t } from './index.ts';
import { handleText, listText, richList } from './words.ts';

const fenced = (words: string): string => `\u2068${words}\u2069`;
afterAll(() => speak('en'));

describe('words of another direction', () => {
  it('come with a fence, and only they', () => {
    expect(isolate('Ana (2)', 'ltr')).toBe('Ana (2)');
    expect(isolate('سارة', 'ltr')).toBe(fenced('سارة'));
    expect(isolate('سارة', 'rtl')).toBe('سارة');
    expect(isolate('Ana', 'rtl')).toBe(fenced('Ana'));
    expect(isolate('+49 30', 'rtl')).toBe(fenced('+49 30'));
    expect(isolate('👍', 'rtl')).toBe('👍');
  });

  it('have the direction of their first letter', () => {
    expect([directionOf('1. Ana سارة'), directionOf('«سارة» Ana'), directionOf('123 …')]).toEqual([
      'ltr',
      'rtl',
      undefined,
    ]);
  });

  it('are fenced in every text, list and handle', async () => {
    await speak('ar');
    expect(t('channels.joinNamed', { name: 'garden' })).toBe(`الانضمام إلى ${fenced('garden')}`);
    expect(handleText('ana')).toBe(fenced('@ana'));
    expect(listText(['Ana', 'سارة'])).toBe(`${fenced('Ana')} وسارة`);
    await speak('en');
    expect(handleText('ana')).toBe('@ana');
  });
});

describe('rich', () => {
  const html = (node: React.ReactNode): string => renderToStaticMarkup(node);

  it('puts elements where the language wants them, each in its own direction', async () => {
    const who = {
      who: <b>Ana</b>,
      whom: richList([<i key="1">Bo</i>, <i key="2">Cy</i>]) as React.ReactElement,
    };
    await speak('en');
    expect(html(rich('system.added', who))).toBe(
      '<bdi><b>Ana</b></bdi> added <bdi><bdi><i>Bo</i></bdi> and <bdi><i>Cy</i></bdi></bdi>',
    );
    await speak('ar');
    expect(html(rich('system.joined', who))).toBe('انضم <bdi><b>Ana</b></bdi>');
  });

  it('gives tags what they hold', async () => {
    await speak('en');
    expect(html(rich('app.connecting', { b: (parts) => <b>{parts}</b> }))).toBe(
      '<b>Connecting…</b> What you write is kept and sent.',
    );
  });
});
