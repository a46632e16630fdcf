import { expect, it } from 'vitest';
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

it('stays inside ragged rows going up and down', async () => {
  const rows = pickerRows(await loadEmoji(), '', [], 8);
  let place = { row: 1, column: 7 };
  for (let i = 0; i < rows.length; i++) {
    place = move(rows, place, 'ArrowDown');
    const row = rows[place.row];
    expect(row?.type === 'emoji' && row.cells[place.column]).toBeTruthy();
  }
});
