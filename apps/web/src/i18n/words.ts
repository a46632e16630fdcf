/** Numbers and lists as the language writes them. */
import { createElement, Fragment, type ReactElement, type ReactNode } from 'react';
import { isolate } from './direction.ts';
import { formatters } from './formatters.ts';
import { currentDirection, currentLocale } from './index.ts';

/** "@ana", its sign in front in every language. */
export const handleText = (username: string): string => isolate(`@${username}`, currentDirection());

/** 12,345 */
export const numberText = (number: number): string =>
  formatters.getNumberFormat(currentLocale()).format(number);

const format = () => formatters.getListFormat(currentLocale(), { type: 'conjunction' });

/** "Ana, Bo and Cy" */
export const listText = (words: readonly string[]): string =>
  format().format(words.map((word) => isolate(word, currentDirection())));

/** The same with elements for words. */
export function richList(elements: readonly ReactElement[]): ReactNode {
  const parts = format().formatToParts(elements.map((_, at) => String(at)));
  return createElement(
    Fragment,
    null,
    ...parts.map(({ type, value }) =>
      type === 'element' ? createElement('bdi', null, elements[Number(value)]) : value,
    ),
  );
}
