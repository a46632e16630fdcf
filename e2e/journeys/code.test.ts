/** Code in messages: coloured in each theme, where it stands and while it changes; hostile code stops nobody. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

const typescript = (comment: string) =>
  `Look:\n\`\`\`ts\n// ${comment}\nexport function area(radius: number): string {\n  return \`about \${Math.PI * radius ** 2}\`;\n}\n\`\`\``;

/** The coloured words of a kind, as they are drawn. */
const coloured = ({ page }: Screen, kind: string): Promise<string[]> =>
  page.evaluate((kind) => {
    const ranges = [...((CSS.highlights.get(`kith-code-${kind}`) ?? []) as Iterable<AbstractRange>)];
    return ranges.map((range) => {
      if (!range.startContainer.isConnected) return 'lost';
      return range.startContainer.nodeValue?.slice(range.startOffset, range.endOffset) ?? '';
    });
  }, kind);

const colourOf = ({ page }: Screen, kind: string): Promise<string> =>
  page
    .locator('.kith-code code')
    .first()
    .evaluate((code, kind) => getComputedStyle(code, `::highlight(kith-code-${kind})`).color, kind);

it('is coloured, copied, and coloured anew when it is changed', async () => {
  const [adas, bobs] = [await world.person('Ada'), await world.person('Bob')];
  const friend = await world.client(bobs);
  const conversationId = await friend.conversations.openDirect(adas.userId);
  const id = friend.messages.send(conversationId, typescript('a circle'));
  const ada = await world.enter(adas);
  await ada.openRow('Bob');
  const block = ada.message('Look:').locator('.kith-code');
  await block.getByText('ts', { exact: true }).waitFor();
  await until('it is coloured', async () => (await coloured(ada, 'comment')).includes('// a circle'));
  expect(await coloured(ada, 'keyword')).toEqual(['export', 'function', 'return']);
  expect(await coloured(ada, 'number')).toEqual(['2']);

  const light = await colourOf(ada, 'keyword');
  expect(light).not.toBe(await colourOf(ada, 'string'));
  await ada.page.emulateMedia({ colorScheme: 'dark' });
  expect(await colourOf(ada, 'keyword')).not.toBe(light);
  await ada.page.emulateMedia({ colorScheme: 'light' });

  // Colours weigh nothing: without them it stands as it stood.
  const tall = (await block.boundingBox())?.height;
  await ada.page.evaluate(() => CSS.highlights.clear());
  expect((await block.boundingBox())?.height).toBe(tall);

  await friend.messages.edit(conversationId, id, typescript('a disc'));
  await until('the new words are coloured', async () =>
    (await coloured(ada, 'comment')).every((words) => words === '// a disc'),
  );

  await ada.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await block.hover();
  await block.getByRole('button', { name: 'Copy code' }).click();
  expect(await ada.page.evaluate(() => navigator.clipboard.readText())).toContain(
    '// a disc\nexport function',
  );

  // Whoever leaves takes the colours along.
  await friend.messages.remove(conversationId, id);
  await until('nothing is coloured any more', async () => (await coloured(ada, 'keyword')).length === 0);
});

it('what takes its readers too long stays plain, and the next is coloured', async () => {
  const [adas, bobs] = [await world.person('Ada'), await world.person('Bob')];
  const friend = await world.client(bobs);
  const conversationId = await friend.conversations.openDirect(adas.userId);
  const ada = await world.enter(adas);
  friend.messages.send(conversationId, 'Hello');
  await ada.openRow('Bob');
  await ada.page.evaluate(() => {
    const slow: number[] = [];
    Object.assign(globalThis, { slow });
    new PerformanceObserver((list) =>
      slow.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      type: 'longtask',
    });
  });
  for (const lang of ['ini', 'graphql', 'typescript', 'arduino'])
    friend.messages.send(conversationId, `\`\`\`${lang}\n${'a'.repeat(5_900)}\n\`\`\``);
  friend.messages.send(conversationId, `\`\`\`js\n${'const a = 1;\n'.repeat(1_400)}\`\`\``);
  friend.messages.send(conversationId, '```py\nprint("done")  # at last\n```');
  await until('the last is coloured', async () => (await coloured(ada, 'comment')).includes('# at last'));
  // Of the long one the beginning is coloured; all of it would be too much.
  const more = ada.message('const a').getByRole('button', { name: 'Show more' });
  await until('what is long is plain', async () => {
    // The list moves to its end as the others get their heights: a press may find something else in its place.
    if ((await more.count()) > 0) await more.click();
    return (await coloured(ada, 'keyword')).length === 0;
  });
  const slow = await ada.page.evaluate(() => (globalThis as unknown as { slow: number[] }).slow);
  // Drawing 24,000 letters that wrap is what there is to it; reading them as a grammar does would be seconds.
  expect(Math.max(0, ...slow)).toBeLessThan(1_000);
  await ada.send('Still here');
  await ada.acknowledged('Still here');
});
