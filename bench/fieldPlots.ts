/** The pictures of the field: what each shows, and of whom. */
import type { Figure, Summary } from './fieldReport.ts';
import { type Bar, barChart, lineChart, type Tone } from './plots.ts';
import { AIM_P99_MS, whole } from './report.ts';

/** By the beginning of the id: a second form of a system has its colour. */
const families = [
  ['kith', 'kith'],
  ['ejabberd', 'blue'],
  ['prosody', 'green'],
  ['socketio', 'violet'],
] as const;

function toneOf(id: string): Tone {
  const known = families.find(([start]) => id.startsWith(start));
  return { family: known?.[1] ?? 'violet', second: known !== undefined && id !== known[0] };
}

/** Latencies beyond are of no use to anyone. */
const MAX_MS = 2_000;
const LATE = ' *';

/** File names and their SVG. Systems that were not measured so are left out. */
export function plotsOf(summaries: readonly Summary[], sockets: number): Record<string, string> {
  const bars = (figure: (summary: Summary) => Figure | null, late?: (summary: Summary) => boolean): Bar[] =>
    summaries.flatMap((summary) => {
      const value = figure(summary);
      if (!value) return [];
      const { id, name } = summary.entrant;
      return [
        {
          label: name,
          tone: toneOf(id),
          value: value.median,
          low: value.low,
          high: value.high,
          note: late?.(summary) ? LATE : '',
        },
      ];
    });
  const footnote = summaries.some(({ group300, group1000 }) => group300.late || group1000.late)
    ? ` * Later than ${AIM_P99_MS} ms at any rate.`
    : '';
  return {
    'one-to-one.svg': barChart({
      title: 'One to one: messages a second',
      subtitle: `The highest rate at which 99 of 100 arrive within ${AIM_P99_MS} ms. Server, database and archive on one core.`,
      sections: [
        {
          heading: '',
          bars: bars(
            (summary) => summary.direct.deliveries,
            ({ direct }) => direct.late,
          ),
        },
      ],
      format: whole,
    }),
    'latency.svg': lineChart({
      title: 'One to one: latency against rate',
      subtitle:
        '99 of 100 take no longer, from when a message was due until it has reached the other. Both axes logarithmic.',
      xLabel: 'messages a second',
      yLabel: 'p99, ms',
      lines: summaries.map(({ entrant, latency }) => ({
        label: entrant.name,
        tone: toneOf(entrant.id),
        points: latency,
      })),
      mark: { y: AIM_P99_MS, label: `${AIM_P99_MS} ms` },
      maxY: MAX_MS,
    }),
    'group.svg': barChart({
      title: 'Groups: deliveries for a second of CPU',
      subtitle: `Each message goes to all others of the group. Server and database together.${footnote}`,
      sections: [
        {
          heading: 'A group of 300',
          bars: bars(
            (summary) => summary.group300.deliveriesPerCpuSecond,
            ({ group300 }) => group300.late,
          ),
        },
        {
          heading: 'A group of 1,000',
          bars: bars(
            (summary) => summary.group1000.deliveriesPerCpuSecond,
            ({ group1000 }) => group1000.late,
          ),
        },
      ].filter((section) => section.bars.length > 0),
      format: whole,
    }),
    'memory.svg': barChart({
      title: 'Memory of an idle connection',
      subtitle: `KiB of the server's memory for each of ${whole(sockets)} clients that are signed in and say nothing. Less is better.`,
      sections: [{ heading: '', bars: bars((summary) => summary.bytesPerSocket) }],
      format: (bytes) => `${(bytes / 1024).toFixed(1)} KiB`,
    }),
  };
}
