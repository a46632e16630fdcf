import { afterEach, describe, expect, it } from 'vitest';
import {
  clearSelection,
  keepSelected,
  SELECT_MAX,
  selectionOf,
  selectTo,
  toggleSelected,
} from './selection.ts';

const here = 'conversation';
const ids = Array.from({ length: 300 }, (_, i) => `${i}`);
const selected = () => [...selectionOf(here)];

describe('a selection', () => {
  afterEach(() => clearSelection(here));

  it('takes and leaves', () => {
    toggleSelected(here, '1');
    toggleSelected(here, '2');
    toggleSelected(here, '1');
    expect(selected()).toEqual(['2']);
    expect(selectionOf('another').size).toBe(0);
  });

  it('reaches from what was pressed last, either way', () => {
    toggleSelected(here, '5');
    selectTo(here, '3', ids);
    expect(selected().sort()).toEqual(['3', '4', '5']);
    selectTo(here, '7', ids);
    expect(selected().sort()).toEqual(['3', '4', '5', '6', '7']);
  });

  it('with nothing before, a range is the one pressed', () => {
    selectTo(here, '3', ids);
    expect(selected()).toEqual(['3']);
  });

  it('is bounded, and says when it is full', () => {
    toggleSelected(here, '0');
    expect(selectTo(here, '299', ids)).toBe(false);
    expect(selected()).toHaveLength(SELECT_MAX);
    expect(toggleSelected(here, '299')).toBe(false);
    expect(toggleSelected(here, '0')).toBe(true);
  });

  it('forgets what is gone', () => {
    selectTo(here, '1', ids);
    toggleSelected(here, '2');
    keepSelected(here, (id) => id !== '1');
    expect(selected()).toEqual(['2']);
  });
});
