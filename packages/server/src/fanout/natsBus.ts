/**
 * The bus of many nodes, over NATS: a subject has subscribers only on nodes where somebody needs it, so a message
 * travels to those alone. What NATS loses, or what is published while it is away, is lost here too: anti-entropy heals it
 * (S11), and `onGap` says when to look at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import type { Logger } from '../logger.ts';
import { type Meter, silentMeter } from '../meter.ts';
import { type Bus, type BusMessage, createListeners } from './bus.ts';
import { decodeBusMessage, encodeBusMessage } from './busCodec.ts';

export interface NatsBusOptions {
  /** `nats://[user:password@]host[:port]`, one or several of one cluster. */
  readonly servers: readonly string[];
  /** Keeps services apart that share a NATS: begins every subject. */
  readonly prefix: string;
  readonly logger: Logger;
  readonly meter?: Pick<Meter, 'busDropped'>;
}

/** A node that cannot reach its bus at the start is set up wrongly, or comes too early: it says so and ends. */
const CONNECT_MS = 5_000;
const RECONNECT_MS = 250;
/** A connection without an answer for two of these is dead. */
const PING_MS = 3_000;
const FLUSH_MS = 1_000;
/** NATS has this long to take what it was sent, or further messages are dropped: they would only pile up here. */
const UNTAKEN_BYTES = 64 * 1024 * 1024;
/** How much is sent between two questions whether it was taken. */
const ASK_EVERY_BYTES = 1024 * 1024;

const text = new TextDecoder();

/**
 * How much was sent that NATS has not said to have read. The client library would queue without bound; beyond a bound of
 * ours messages are dropped, which is what a bus is allowed to do.
 */
function createOutflow(nats: NatsConnection) {
  let untaken = 0;
  let unasked = 0;
  let epoch = 0;
  const ask = (): void => {
    const [bytes, asked] = [unasked, epoch];
    unasked = 0;
    const taken = (): void => {
      if (asked === epoch) untaken -= bytes;
    };
    // A connection that ends takes its questions with it; `reset` follows.
    nats.flush().then(taken, () => undefined);
  };
  return {
    /** False: there is no room. */
    take: (bytes: number): boolean => {
      if (untaken + bytes > UNTAKEN_BYTES) return false;
      untaken += bytes;
      unasked += bytes;
      if (unasked >= ASK_EVERY_BYTES) ask();
      return true;
    },
    /** A new connection: what was under way on the former one is gone. */
    reset: (): void => {
      epoch += 1;
      untaken = 0;
      unasked = 0;
    },
  };
}

/** Whether NATS knows what is subscribed here. Asked once for all who wait, and not at all when nothing is new. */
function createInterest(nats: NatsConnection) {
  let current = 0;
  let asking: { readonly version: number; readonly answer: Promise<void> } | null = null;
  let answered = 0;
  const ask = async (version: number): Promise<void> => {
    // A connection that ends answers no more; what it missed is looked for when the next one stands.
    await nats.flush().catch(() => undefined);
    answered = Math.max(answered, version);
  };
  return {
    changed: (): void => {
      current += 1;
    },
    known: (): Promise<void> => {
      if (answered >= current) return Promise.resolve();
      if (asking?.version !== current) asking = { version: current, answer: ask(current) };
      return asking.answer;
    },
  };
}

const behind = ({ tenantId, conversationId }: Extract<BusMessage, { type: 'records' }>): BusMessage => ({
  type: 'behind',
  tenantId,
  conversationId,
});

/** Rejects when none of the servers answers. */
export async function natsBus({
  servers,
  prefix,
  logger,
  meter = silentMeter,
}: NatsBusOptions): Promise<Bus> {
  const nats = await connect({
    servers: [...servers],
    name: 'kith',
    noEcho: true,
    timeout: CONNECT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    // A server that has just started may not know its accounts yet.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: RECONNECT_MS,
  });
  const listeners = createListeners();
  const subscriptions = new Map<string, Subscription>();
  const gapHandlers = new Set<() => void>();
  const outflow = createOutflow(nats);
  const interest = createInterest(nats);
  let reachable = true;

  const noteGap = (): void => {
    for (const handler of gapHandlers) handler();
  };

  const watchStatus = async (): Promise<void> => {
    for await (const status of nats.status()) {
      if (status.type === 'disconnect') {
        if (reachable) logger.warn({ server: status.server }, 'the bus is away; other nodes are heard late');
        reachable = false;
      } else if (status.type === 'reconnect') {
        logger.info({ server: status.server }, 'the bus is back');
        reachable = true;
        outflow.reset();
        noteGap();
      } else if (status.type === 'error') {
        logger.warn({ err: status.error }, 'the bus refused something');
      }
    }
  };
  void watchStatus();

  const receive = (subject: string, data: Uint8Array): void => {
    let message: BusMessage | null;
    try {
      message = decodeBusMessage(text.decode(data));
    } catch (err) {
      logger.warn({ err, subject }, 'the bus brought something that is no message');
      return;
    }
    try {
      if (message) listeners.call(subject, message);
    } catch (err) {
      // Thrown on, it would end the library's reading, of everything.
      logger.error({ err, subject, type: message?.type }, 'a message of another node could not be handled');
    }
  };

  const send = (subject: string, message: BusMessage): void => {
    if (!reachable) return meter.busDropped();
    const data = Buffer.from(encodeBusMessage(message));
    if (data.length > (nats.info?.max_payload ?? 0)) {
      // Longer than NATS carries: who shows the conversation reads it from the database.
      if (message.type === 'records') send(subject, behind(message));
      else logger.warn({ type: message.type, bytes: data.length }, 'too long for the bus');
    } else if (outflow.take(data.length)) {
      nats.publish(`${prefix}.${subject}`, data);
    } else {
      meter.busDropped();
    }
  };

  return {
    publish: (subject, message) => {
      listeners.call(subject, message);
      send(subject, message);
    },
    subscribe: (subject, handler) => {
      if (listeners.add(subject, handler)) {
        const subscription = nats.subscribe(`${prefix}.${subject}`, {
          callback: (error, { data }) => {
            if (!error) receive(subject, data);
          },
        });
        subscriptions.set(subject, subscription);
        interest.changed();
      }
      return () => {
        if (!listeners.remove(subject, handler)) return;
        subscriptions.get(subject)?.unsubscribe();
        subscriptions.delete(subject);
      };
    },
    flushed: async () => {
      if (reachable) await Promise.race([interest.known(), sleep(FLUSH_MS, undefined, { ref: false })]);
    },
    lag: async () => {
      if (!reachable) return null;
      const answer = nats.rtt().then(
        (ms) => ms / 1_000,
        () => null,
      );
      return Promise.race([answer, sleep(FLUSH_MS, null, { ref: false })]);
    },
    onGap: (handler) => {
      gapHandlers.add(handler);
      return () => void gapHandlers.delete(handler);
    },
    close: async () => {
      listeners.clear();
      await Promise.race([nats.drain().catch(() => nats.close()), sleep(FLUSH_MS)]);
    },
  };
}
