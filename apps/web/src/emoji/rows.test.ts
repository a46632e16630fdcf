import { expect, it } from 'vitest';
import { withCustom } from './custom.tsx';
import { loadEmoji } from './data.ts';
import { firstPlace, move, pickerRows } from './rows.ts';

it('walks every emoji with the right arrow and back with the left', async () => {
  const data = await loadEmoji();
  const rows = pickerRows(data, '', ['👍'], 8);
  let place = firstPlace(rows)!;
  let steps = 0;
  for (;;) {
    const next = move(rows, place, 'ArrowRight');
    if (next === place) break;
    place = next;
    steps++;
  }
  expect(steps).toBe(data.all.length); // and the one recent, less the first
  while (move(rows, place, 'ArrowLeft') !== place) place = move(rows, place, 'ArrowLeft');
  expect(place).toEqual(firstPlace(rows));
});

it('Home, End and a page at a time stay inside the grid', async () => {
  const rows = pickerRows(await loadEmoji(), '', [], 8);
  const first = firstPlace(rows)!;
  const end = move(rows, first, 'End');
  expect(end).toEqual({ row: first.row, column: 7 });
  expect(move(rows, end, 'Home')).toEqual(first);
  expect(move(rows, first, 'PageDown').row).toBe(first.row + 6);
  expect(move(rows, move(rows, first, 'PageDown'), 'PageUp')).toEqual(first);
  expect(move(rows, first, 'PageUp')).toEqual(first);
});

it('has a group for the emoji of this place, and forgets recent ones that were removed', async () => {
  const custom = new Map([['owl', { name: 'owl', blobId: 'x', width: 32, height: 32 }]]);
  const data = withCustom(await loadEmoji(), custom);
  const rows = pickerRows(data, '', [':owl:', ':gone:'], 8);
  const groupsShown = rows.flatMap((row) => (row.type === 'heading' ? [row.name] : []));
  expect(groupsShown.slice(0, 3)).toEqual(['emoji.recent', 'emoji.custom', 'emoji.smileys']);
  const recent = rows[1];
  expect(recent?.type === 'emoji' && recent.cells.map(({ char }) => char)).toEqual([':owl:']);
  const found = pickerRows(data, 'owl', [], 8)[0];
  expect(found?.type === 'emoji' && found.cells[0]?.char).toBe(':owl:');
  expect(
    pickerRows(await loadEmoji(), '', [], 8).some(
      (row) => row.type === 'heading' && row.name === 'emoji.custom',
    ),
  ).toBe(false);
});

it('stays inside ragged rows going up and down', async () => {
  const rows = pickerRows(await loadEmoji(), '', [], 8);
  let place = { row: 1, column: 7 };
  for (let i = 0; i < rows.length; i++) {
    place = move(rows, place, 'ArrowDown');
    const row = rows[place.row];
    expect(row?.type === 'emoji' && row.cells[place.column]).toBeTruthy();
  }
});
