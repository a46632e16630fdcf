/**
 * What an operator measures, for Prometheus: `/metrics`. To whoever comes from this machine, or shows the token; a proxy
 * in front must not pass it on (deploy/ has one that does not).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { KithError } from '@kith/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Meter } from '../meter.ts';
import type { HttpDependencies } from './app.ts';

export interface Metrics {
  readonly meter: Meter;
  /** What became of a mail, or a text message. */
  posted(channel: 'mail' | 'sms', result: 'sent' | 'refused' | 'late'): void;
  /** A value that is asked for whenever somebody reads the metrics. */
  gauge(name: string, help: string, read: () => number | null | Promise<number | null>): void;
  /** The same, several told apart by a label. */
  gauges(name: string, label: string, help: string, read: () => Readonly<Record<string, number>>): void;
  /** In Prometheus' text format. */
  text(): Promise<{ readonly type: string; readonly body: string }>;
}

/** Seconds: from what nobody notices to what nobody waits for. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MESSAGES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const commands = new Histogram({
    name: 'kith_command_seconds',
    help: 'Commands answered, by name and result, and how long they took.',
    labelNames: ['command', 'result'] as const,
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10],
    registers,
  });
  const batches = new Histogram({
    name: 'kith_commit_messages',
    help: 'Messages of one commit of the hot path.',
    buckets: MESSAGES,
    registers,
  });
  const commits = new Histogram({
    name: 'kith_commit_seconds',
    help: 'How long a commit of the hot path took.',
    buckets: SECONDS,
    registers,
  });
  const deliveries = new Histogram({
    name: 'kith_delivery_seconds',
    help: 'From the moment a message was accepted, on any node, until it was written to the sockets of this one.',
    buckets: SECONDS,
    registers,
  });
  const repairs = new Counter({
    name: 'kith_anti_entropy_repairs_total',
    help: 'Conversations that anti-entropy found behind and brought up to date.',
    registers,
  });
  const dropped = new Counter({
    name: 'kith_bus_dropped_total',
    help: 'Messages for other nodes that the bus could not take.',
    registers,
  });
  const disconnects = new Counter({
    name: 'kith_disconnects_total',
    help: 'Sockets this node closed, by reason.',
    labelNames: ['code'] as const,
    registers,
  });
  const door = new Counter({
    name: 'kith_door_total',
    help: 'Those at the door who may be machines: challenges asked, solved and refused, and forms with the hidden field filled in.',
    labelNames: ['what'] as const,
    registers,
  });

  const posts = new Counter({
    name: 'kith_posts_total',
    help: 'Mails and text messages that left, were refused for good, or were not taken in time.',
    labelNames: ['channel', 'result'] as const,
    registers,
  });

  return {
    posted: (channel, result) => posts.inc({ channel, result }),
    meter: {
      command: (command, result, seconds) => commands.observe({ command, result }, seconds),
      committed: (messages, seconds) => {
        batches.observe(messages);
        commits.observe(seconds);
      },
      delivered: (seconds) => deliveries.observe(seconds),
      repaired: () => repairs.inc(),
      busDropped: () => dropped.inc(),
      disconnected: (code) => disconnects.inc({ code }),
      door: (what) => door.inc({ what }),
    },
    gauge: (name, help, read) => {
      const gauge: Gauge = new Gauge({
        name,
        help,
        registers,
        collect: async () => gauge.set((await read()) ?? Number.NaN),
      });
    },
    gauges: (name, label, help, read) => {
      const gauge: Gauge<string> = new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        collect: () => {
          for (const [value, reading] of Object.entries(read())) gauge.set({ [label]: value }, reading);
        },
      });
    },
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}

export function registerMetrics(
  app: FastifyInstance,
  { metrics, config }: Pick<HttpDependencies, 'metrics' | 'config'>,
): void {
  app.get('/metrics', async (request, reply) => {
    if (!isPermitted(request, config.metricsToken)) throw new KithError('forbidden');
    const { type, body } = await metrics.text();
    return reply.header('cache-control', 'no-store').type(type).send(body);
  });
}

function isPermitted({ headers, socket }: FastifyRequest, token: string | null): boolean {
  if (token !== null) return isSame(headers.authorization ?? '', `Bearer ${token}`);
  // Somebody else may stand behind a proxy of this machine.
  const forwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  const { remoteAddress = '' } = socket;
  return !forwarded && /^(127\.|::1$|::ffff:127\.)/.test(remoteAddress);
}

/** Takes equally long for every guess. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
