/** Bars and lines as SVG, alike in style, for light and dark. */
import { logScale, type Scale, spread } from './plotScale.ts';

/** Whose it is: a colour for each family, a dashed line for its second form. */
export interface Tone {
  readonly family: 'kith' | 'blue' | 'green' | 'violet';
  readonly second: boolean;
}

export interface Bar {
  readonly label: string;
  readonly tone: Tone;
  /** Null: there is no value; the note says why. */
  readonly value: number | null;
  readonly low: number;
  readonly high: number;
  readonly note?: string;
}

export interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  /** Each with a heading, unless it is the only one. */
  readonly sections: readonly { readonly heading: string; readonly bars: readonly Bar[] }[];
  readonly format: (value: number) => string;
}

export interface Line {
  readonly label: string;
  readonly tone: Tone;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface LineChart {
  readonly title: string;
  readonly subtitle: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly Line[];
  /** A level across the chart. */
  readonly mark: { readonly y: number; readonly label: string };
  readonly maxY: number;
}

const WIDTH = 760;
const MARGIN = 28;
const HEAD = 84;

export function barChart({ title, subtitle, sections, format }: BarChart): string {
  const [labels, values, row, thick, heading] = [168, 118, 30, 18, 34];
  const left = MARGIN + labels;
  const length = WIDTH - left - MARGIN - values;
  const all = sections.flatMap((section) => section.bars);
  // Bars end where the largest does: their values stand beside them, and an axis would say it twice.
  const most = Math.max(...all.map((bar) => Math.max(bar.value ?? 0, bar.high)), Number.MIN_VALUE);
  const at = (value: number): number => (value / most) * length;
  const parts: string[] = [];
  let y = HEAD;
  for (const section of sections) {
    if (sections.length > 1) {
      parts.push(text(MARGIN, y + 16, section.heading, 'heading'));
      y += heading;
    }
    const top = y;
    for (const bar of section.bars) {
      const middle = y + row / 2;
      const strong = bar.tone.family === 'kith';
      parts.push(text(left - 14, middle + 5, bar.label, strong ? 'label own' : 'label', 'end'));
      if (bar.value !== null) {
        const width = Math.max(2, at(bar.value));
        const fill = `fill ${bar.tone.family}${bar.tone.second ? ' second' : ''}`;
        parts.push(
          `<path class="${fill}" d="${barPath(left, middle - thick / 2, width, thick)}"/>`,
          whisker(left + at(bar.low), left + at(bar.high), middle),
        );
      }
      const end = left + at(Math.max(bar.value ?? 0, bar.high)) + 10;
      const shown = bar.value === null ? (bar.note ?? '–') : format(bar.value) + (bar.note ?? '');
      parts.push(text(end, middle + 5, shown, strong ? 'value own' : 'value'));
      y += row;
    }
    parts.push(`<path class="axis" d="M${left} ${top - 3}V${y + 3}"/>`);
    y += 20;
  }
  return page(title, subtitle, y + 4, parts);
}

/** Square at the axis, round at its end. */
const barPath = (x: number, y: number, width: number, height: number): string => {
  const r = Math.min(4, width / 2);
  return `M${n(x)} ${n(y)}h${n(width - r)}q${r} 0 ${r} ${r}v${n(height - 2 * r)}q0 ${r} ${-r} ${r}h${n(r - width)}z`;
};

/** From the lowest to the highest round; none when they are as good as one. */
const whisker = (from: number, to: number, y: number): string =>
  to - from < 3
    ? ''
    : `<path class="whisker" d="M${n(from)} ${n(y)}H${n(to)}M${n(from)} ${n(y - 3)}v6M${n(to)} ${n(y - 3)}v6"/>`;

export function lineChart(chart: LineChart): string {
  const { title, subtitle, lines, mark, maxY } = chart;
  const [left, right, height] = [MARGIN + 44, 150, 330];
  const width = WIDTH - left - right;
  const top = HEAD + 18;
  const bottom = top + height;
  const shown = lines.map((line) => ({
    ...line,
    points: line.points.filter((point) => point.y <= maxY).toSorted((a, b) => a.x - b.x),
  }));
  const points = shown.flatMap((line) => line.points);
  const xs = points.length > 0 ? points.map((point) => point.x) : [1, 10];
  const ys = points.length > 0 ? points.map((point) => point.y) : [1, 10];
  const xScale = logScale(Math.min(...xs) * 0.85, Math.max(...xs) * 1.15, width);
  const yScale = logScale(Math.min(...ys, mark.y) * 0.8, Math.max(...ys, mark.y) * 1.15, height);
  const place = ({ x, y }: { x: number; y: number }): [number, number] => [
    left + xScale.at(x),
    bottom - yScale.at(y),
  ];
  const parts = [
    ...grid(xScale, yScale, { left, bottom, width, top }),
    text(left - 44, HEAD + 2, chart.yLabel, 'note'),
    text(left + width, bottom + 42, chart.xLabel, 'note', 'end'),
  ];
  const markY = bottom - yScale.at(mark.y);
  parts.push(
    `<path class="mark" d="M${left} ${n(markY)}h${width}"/>`,
    text(left + 8, markY - 7, mark.label, 'note'),
  );
  const named = shown.filter((line) => line.points.length > 0);
  for (const line of named) {
    const d = line.points
      .map((point, i) => `${i === 0 ? 'M' : 'L'}${place(point).map(n).join(' ')}`)
      .join('');
    parts.push(`<path class="line ${line.tone.family}${line.tone.second ? ' second' : ''}" d="${d}"/>`);
    for (const point of line.points) {
      const [x, y] = place(point).map(n);
      parts.push(`<circle class="dot ${line.tone.family}" cx="${x}" cy="${y}" r="3.5"/>`);
    }
  }
  // Names stand beside the chart at the height of the lines' ends, and a hair leads there.
  const ends = named.map((line) => place(line.points.at(-1)!));
  const heights = spread(
    ends.map(([, y]) => y - top),
    20,
    height,
  );
  for (const [i, line] of named.entries()) {
    const [x, y] = ends[i]!;
    const labelY = top + heights[i]!;
    const edge = left + width + 12;
    parts.push(
      `<path class="hair" d="M${n(x + 7)} ${n(y)}L${n(edge - 4)} ${n(labelY)}"/>`,
      text(
        edge,
        labelY + 4,
        line.label,
        `label text-${line.tone.family}${line.tone.family === 'kith' ? ' own' : ''}`,
      ),
    );
  }
  return page(title, subtitle, bottom + 58, parts);
}

function grid(
  x: Scale,
  y: Scale,
  { left, bottom, width, top }: { left: number; bottom: number; width: number; top: number },
): string[] {
  const parts: string[] = [];
  for (const tick of y.ticks) {
    const at = bottom - y.at(tick);
    parts.push(`<path class="grid" d="M${left} ${n(at)}h${width}"/>`);
    parts.push(text(left - 10, at + 4, tick.toLocaleString('en'), 'tick', 'end'));
  }
  for (const tick of x.ticks) {
    const at = left + x.at(tick);
    parts.push(`<path class="grid" d="M${n(at)} ${top}V${bottom}"/>`);
    parts.push(text(at, bottom + 20, tick.toLocaleString('en'), 'tick', 'middle'));
  }
  parts.push(`<path class="axis" d="M${left} ${bottom}h${width}"/>`);
  return parts;
}

/** Paper of its own: whoever shows the picture may be light while the reader's system is dark. */
function page(title: string, subtitle: string, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title subtitle">
<style>${STYLE}</style>
<rect class="paper" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="12"/>
${text(MARGIN, 40, title, 'title', 'start', 'title')}
${text(MARGIN, 62, subtitle, 'note', 'start', 'subtitle')}
${parts.filter(Boolean).join('\n')}
</svg>
`;
}

function text(
  x: number,
  y: number,
  content: string,
  className: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
  id = '',
): string {
  const extra = `${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}${id ? ` id="${id}"` : ''}`;
  return `<text class="${className}" x="${n(x)}" y="${n(y)}"${extra}>${escaped(content)}</text>`;
}

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A tenth of a unit is finer than anyone sees. */
const n = (value: number): number => Math.round(value * 10) / 10;

const colours = (paper: string, edge: string, ink: string, soft: string, line: string, families: string[]) =>
  `--paper:${paper};--edge:${edge};--ink:${ink};--soft:${soft};--line:${line};` +
  `--kith:${families[0]};--blue:${families[1]};--green:${families[2]};--violet:${families[3]}`;

const STYLE = `
svg{${colours('#fffdfb', '#e8e0da', '#2a211c', '#75685f', '#efe8e2', ['#c2491d', '#55749c', '#4f8572', '#83709f'])}}
@media (prefers-color-scheme:dark){svg{${colours('#1b1715', '#38302b', '#f3ece6', '#ab9d93', '#2c2622', ['#f0905c', '#86a8d4', '#7dbba4', '#b5a0d3'])}}}
text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;fill:var(--ink)}
.paper{fill:var(--paper);stroke:var(--edge)}
.title{font-size:20px;font-weight:650}
.heading{font-weight:600}
.note,.tick{font-size:12.5px;fill:var(--soft)}
.tick,.value{font-variant-numeric:tabular-nums}
.own{font-weight:650}
.axis{stroke:var(--soft);fill:none}
.grid{stroke:var(--line);fill:none}
.mark{stroke:var(--soft);stroke-dasharray:2 4;fill:none}
.hair{stroke:var(--edge);fill:none}
.whisker{stroke:var(--ink);stroke-opacity:.55;fill:none}
.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.line.kith{stroke-width:3}
.line.second{stroke-dasharray:1 6}
.dot{stroke:var(--paper);stroke-width:1.5}
.fill.second{fill-opacity:.62}
${(['kith', 'blue', 'green', 'violet'] as const)
  .map(
    (name) =>
      `.fill.${name},.dot.${name},.text-${name}{fill:var(--${name})}.line.${name}{stroke:var(--${name})}`,
  )
  .join('\n')}
`;
