import { expect, it } from 'vitest';
import { barChart, lineChart } from './plots.ts';

const own = { family: 'kith', second: false } as const;

it('draws bars in proportion, with their values', () => {
  const svg = barChart({
    title: 'A <b> & c',
    subtitle: '',
    sections: [
      {
        heading: '',
        bars: [
          { label: 'one', tone: own, value: 100, low: 100, high: 100 },
          { label: 'half', tone: own, value: 50, low: 20, high: 80 },
        ],
      },
    ],
    format: (value) => `${value} things`,
  });
  expect(svg).toContain('A &lt;b&gt; &amp; c');
  expect(svg).toContain('100 things');
  expect(svg.match(/class="whisker"/g)).toHaveLength(1);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

it('draws lines, and stands those without a point', () => {
  const chart = {
    title: 't',
    subtitle: 's',
    xLabel: 'x',
    yLabel: 'y',
    mark: { y: 100, label: '100' },
    maxY: 1_000,
  };
  const points = [
    { x: 10, y: 5 },
    { x: 100, y: 50 },
    { x: 200, y: 5_000 },
  ];
  const svg = lineChart({
    ...chart,
    lines: [
      { label: 'some', tone: own, points },
      { label: 'none', tone: own, points: [] },
    ],
  });
  expect(svg.match(/<circle/g)).toHaveLength(2);
  expect(svg).not.toContain('>none<');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(lineChart({ ...chart, lines: [] })).not.toMatch(/NaN|undefined|Infinity/);
});
