/** What the command line asks for: the field, or Kith alone. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systems } from './systems/registry.ts';

/** Where results lie that are kept. */
export const RESULTS = fileURLToPath(new URL('./results', import.meta.url));

const ids = systems.map((system) => system.id);
const others = systems
  .filter((system) => system.onRequest)
  .map((system) => system.id)
  .join(', ');

export type Print = (line: string) => void;

/** One to one, groups of that many, and sockets that only stay connected. */
export const fieldScenarios = ['direct', 'group300', 'group1000', 'idle'] as const;
export type FieldScenario = (typeof fieldScenarios)[number];

export const aloneScenarios = ['direct', 'group', 'idle'] as const;
export type AloneScenario = (typeof aloneScenarios)[number];

interface Common {
  /** Clients of all scenarios but `idle`. */
  readonly clients: number;
  /** Sockets of `idle`. */
  readonly idleSockets: number;
  /** How long each rate is measured. */
  readonly seconds: number;
  readonly textLength: number;
}

export interface FieldOptions extends Common {
  readonly mode: 'field';
  /** Ids; none: all that are not slower forms of others. */
  readonly systems: readonly string[];
  readonly scenarios: readonly FieldScenario[];
  readonly rounds: number;
  readonly quick: boolean;
  /** Where the results are written; null, and they are only printed. */
  readonly folder: string | null;
}

export interface AloneOptions extends Common {
  readonly mode: 'kith';
  readonly scenarios: readonly AloneScenario[];
  readonly database: 'postgres' | 'embedded';
  /** Messages a second, rising. */
  readonly directRates: readonly number[];
  readonly groupRates: readonly number[];
  /** Whether clients look at their conversation and say what has reached them. */
  readonly receipts: boolean;
  /** Messages that are in the database before. */
  readonly history: number;
  /** Samples the server and tells where its time goes. */
  readonly profile: boolean;
  /** Results are written under this name; none, and they are only printed. */
  readonly save: string | null;
}

export const usage = `Usage: npm run bench -- [options]         Kith beside other systems
       npm run bench -- kith [options]    Kith alone

Both:
  --scenario a,b      of ${fieldScenarios.join(', ')}; alone of ${aloneScenarios.join(', ')} (all)
  --clients n         sockets of all but idle (1000)
  --sockets n         sockets of idle (15000, or what the limit of open files allows; quick 500)
  --seconds n         each rate is measured that long (3; quick 1.5; alone 6)
  --text n            length of a text (80)
  --help

Beside others:
  --systems a,b       of ${ids.join(', ')} (all but ${others})
  --rounds n          the median of so many counts (3; quick 1)
  --quick             a short look, rough figures; writes none unless --folder says where
  --folder path       where results and plots are written (bench/results)

Alone:
  --embedded          the embedded database instead of PostgreSQL
  --direct-rates a,b  messages a second (2000,5000,8000,10000,12000,15000; embedded 200,500,1000,2000,3000)
  --group-rates a,b   messages a second (50,100,200,300,400; embedded 25,50,100,200)
  --no-receipts       without watching and delivery receipts
  --history n         messages stored before (0)
  --profile           sample the server, print where its time goes (costs some of it)
  --save name         write results/<name>.json and results/<name>.md`;

const numbers = (text: string): number[] => text.split(',').map(Number);

/** Bounds keep a slip of the finger from running for hours or filling the disk. */
const within = (name: string, value: number, min: number, max: number): number => {
  if (!(value >= min && value <= max)) throw new Error(`--${name} must be from ${min} to ${max}`);
  return value;
};

function chosen<T extends string>(
  option: string,
  names: string | undefined,
  all: readonly T[],
): readonly T[] {
  return (names?.split(',') ?? all).map((name) => {
    const known = all.find((one) => one === name);
    if (!known) throw new Error(`--${option}: there is no ${name}, but ${all.join(', ')}`);
    return known;
  });
}

/** What only one of the two modes knows. */
const ofField = ['systems', 'rounds', 'quick', 'folder'] as const;
const ofAlone = [
  'embedded',
  'direct-rates',
  'group-rates',
  'no-receipts',
  'history',
  'profile',
  'save',
] as const;

/** Null: the usage was asked for. Throws for what it does not understand. */
export function parseOptions(args: readonly string[]): FieldOptions | AloneOptions | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      scenario: { type: 'string' },
      clients: { type: 'string', default: '1000' },
      sockets: { type: 'string' },
      seconds: { type: 'string' },
      text: { type: 'string', default: '80' },
      help: { type: 'boolean', default: false },
      systems: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean' },
      folder: { type: 'string' },
      embedded: { type: 'boolean' },
      'direct-rates': { type: 'string' },
      'group-rates': { type: 'string' },
      'no-receipts': { type: 'boolean' },
      history: { type: 'string' },
      profile: { type: 'boolean' },
      save: { type: 'string' },
    },
  });
  if (values.help) return null;
  const alone = positionals[0] === 'kith';
  if (positionals.length > (alone ? 1 : 0)) throw new Error(`What is ${positionals.at(-1)}?`);
  const stranger = (alone ? ofField : ofAlone).find((name) => values[name] !== undefined);
  if (stranger) throw new Error(`--${stranger} is for Kith ${alone ? 'beside others' : 'alone'}`);

  const quick = values.quick ?? false;
  const preset = alone ? { seconds: '6', sockets: '2000' } : presetOfField(quick);
  const common: Common = {
    clients: within('clients', Number(values.clients), 2, 10_000),
    idleSockets: within('sockets', Number(values.sockets ?? preset.sockets), 1, 20_000),
    seconds: within('seconds', Number(values.seconds ?? preset.seconds), 1, 60),
    textLength: within('text', Number(values.text), 40, 1_000),
  };
  if (!alone) {
    return {
      mode: 'field',
      ...common,
      systems: values.systems === undefined ? [] : chosen('systems', values.systems, ids),
      scenarios: chosen('scenario', values.scenario, fieldScenarios),
      rounds: within('rounds', Number(values.rounds ?? (quick ? '1' : '3')), 1, 20),
      quick,
      folder: values.folder ?? (quick ? null : RESULTS),
    };
  }
  const embedded = values.embedded ?? false;
  const rates = (name: 'direct-rates' | 'group-rates', presetRates: string): number[] =>
    numbers(values[name] ?? presetRates).map((rate) => within(name, rate, 1, 100_000));
  return {
    mode: 'kith',
    ...common,
    scenarios: chosen('scenario', values.scenario, aloneScenarios),
    database: embedded ? 'embedded' : 'postgres',
    directRates: rates(
      'direct-rates',
      embedded ? '200,500,1000,2000,3000' : '2000,5000,8000,10000,12000,15000',
    ),
    groupRates: rates('group-rates', embedded ? '25,50,100,200' : '50,100,200,300,400'),
    receipts: !values['no-receipts'],
    history: within('history', Number(values.history ?? '0'), 0, 10_000_000),
    profile: values.profile ?? false,
    save: values.save ?? null,
  };
}

const presetOfField = (quick: boolean) =>
  quick ? { seconds: '1.5', sockets: '500' } : { seconds: '3', sockets: '15000' };
