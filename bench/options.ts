/** What the command line asks for. */
import { parseArgs } from 'node:util';

export const scenarios = ['direct', 'group', 'idle'] as const;
export type ScenarioName = (typeof scenarios)[number];

export interface Options {
  readonly scenarios: readonly ScenarioName[];
  readonly database: 'postgres' | 'embedded';
  /** Clients of `direct` and `group`. */
  readonly clients: number;
  /** Sockets of `idle`. */
  readonly idleSockets: number;
  /** Messages a second, rising. */
  readonly directRates: readonly number[];
  readonly groupRates: readonly number[];
  /** How long each rate is measured. */
  readonly seconds: number;
  /** Whether clients look at their conversation and say what has reached them. */
  readonly receipts: boolean;
  readonly textLength: number;
  /** Messages that are in the database before. */
  readonly history: number;
  /** Samples the server and tells where its time goes. */
  readonly profile: boolean;
  /** Results are written under this name; none, and they are only printed. */
  readonly save: string | null;
}

export const usage = `Usage: npm run bench -- [options]

  --scenario a,b      of ${scenarios.join(', ')} (all)
  --embedded          the embedded database instead of PostgreSQL
  --clients n         sockets of direct and group (1000)
  --sockets n         sockets of idle (2000)
  --direct-rates a,b  messages a second (2000,5000,8000,10000,12000,15000; embedded 200,500,1000,2000,3000)
  --group-rates a,b   messages a second (50,100,200,300,400; embedded 25,50,100,200)
  --seconds n         each rate is measured that long (6)
  --no-receipts       without watching and delivery receipts
  --text n            length of a text (80)
  --history n         messages stored before (0)
  --profile           sample the server, print where its time goes (costs some of it)
  --save name         write results/<name>.json and results/<name>.md
  --help`;

const numbers = (text: string): number[] => text.split(',').map(Number);

/** Bounds keep a slip of the finger from running for hours or filling the disk. */
const within = (name: string, value: number, min: number, max: number): number => {
  if (!(value >= min && value <= max)) throw new Error(`--${name} must be from ${min} to ${max}`);
  return value;
};

/** Null: the usage was asked for. Throws for what it does not understand. */
export function parseOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string', default: scenarios.join(',') },
      embedded: { type: 'boolean', default: false },
      clients: { type: 'string', default: '1000' },
      sockets: { type: 'string', default: '2000' },
      'direct-rates': { type: 'string' },
      'group-rates': { type: 'string' },
      seconds: { type: 'string', default: '6' },
      'no-receipts': { type: 'boolean', default: false },
      text: { type: 'string', default: '80' },
      history: { type: 'string', default: '0' },
      profile: { type: 'boolean', default: false },
      save: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const embedded = values.embedded;
  const rates = (name: 'direct-rates' | 'group-rates', preset: string): number[] =>
    numbers(values[name] ?? preset).map((rate) => within(name, rate, 1, 100_000));
  return {
    scenarios: values.scenario.split(',').map((name) => {
      const known = scenarios.find((scenario) => scenario === name);
      if (!known) throw new Error(`--scenario: there is no ${name}`);
      return known;
    }),
    database: embedded ? 'embedded' : 'postgres',
    clients: within('clients', Number(values.clients), 2, 10_000),
    idleSockets: within('sockets', Number(values.sockets), 1, 20_000),
    directRates: rates(
      'direct-rates',
      embedded ? '200,500,1000,2000,3000' : '2000,5000,8000,10000,12000,15000',
    ),
    groupRates: rates('group-rates', embedded ? '25,50,100,200' : '50,100,200,300,400'),
    seconds: within('seconds', Number(values.seconds), 1, 60),
    receipts: !values['no-receipts'],
    textLength: within('text', Number(values.text), 40, 1_000),
    history: within('history', Number(values.history), 0, 10_000_000),
    profile: values.profile,
    save: values.save ?? null,
  };
}
