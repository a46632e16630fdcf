/** axe-core over whatever a screen shows, in light, dark and high contrast. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { afterAll } from 'vitest';
import type { Screen } from './screens.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const schemes = {
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  'high contrast': { colorScheme: 'light', contrast: 'more' },
} as const;

/** The rules of axe-core that look at colours. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

export interface Axe {
  /** What is serious or critical, of all screens judged so far: told at once, so that none hides what is wrong with the next. */
  readonly found: string[];
  judge(screen: Screen, where: string): Promise<void>;
}

/** For the tests of one file. Prints what it found in the end. */
export function useAxe(): Axe {
  const found: string[] = [];
  afterAll(() => {
    for (const violation of new Set(found)) process.stderr.write(`${violation}\n`);
  });
  async function judge({ page }: Screen, where: string): Promise<void> {
    for (const [scheme, media] of Object.entries(schemes)) {
      await page.emulateMedia({ ...media, reducedMotion: 'reduce' });
      // A colour that is still on its way from one scheme to the next is nobody's reading.
      await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
      // Not a script element: the page's own policy would refuse it.
      await page.evaluate(`globalThis.axe ?? (() => { ${axe} })()`);
      // Of the other schemes only what colours change: names, roles and order are those of the first.
      const rules = scheme === 'light' ? { rules: { region: { enabled: true } } } : { runOnly: COLOURS };
      const { violations } = await page.evaluate<AxeResults>(
        `axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...rules })})`,
      );
      for (const { id, impact, help, nodes } of violations) {
        const targets = nodes.slice(0, 3).map(({ target, failureSummary }) => {
          const why = failureSummary?.split('\n').at(1)?.trim() ?? '';
          return `    ${String(target)}: ${why}`;
        });
        const line = `${where}, ${scheme}: ${impact} ${id}: ${help} (${nodes.length})\n${targets.join('\n')}`;
        if (impact === 'serious' || impact === 'critical') found.push(line);
      }
    }
    await page.emulateMedia({ ...schemes.light, reducedMotion: 'reduce' });
  }
  return { judge, found };
}
