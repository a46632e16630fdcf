/**
 * Offers messages at a rate, whether or not the server keeps up (an open loop): each has the moment it was due, and
 * what it waits in the generator counts as the server's delay too.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@kith/protocol';
import { stampedText } from './frames.ts';
import { Histogram } from './histogram.ts';
import type { Ear } from './peer.ts';
import { cpuOfTrees, timeOfCore } from './processes.ts';
import { serverCore } from './stack.ts';
import type { Talker } from './systems/system.ts';

export interface StepResult {
  readonly rate: number;
  readonly seconds: number;
  /** A second, in the measured window. */
  readonly offered: number;
  readonly acknowledged: number;
  readonly delivered: number;
  /** Milliseconds. */
  readonly ackP50: number;
  readonly ackP99: number;
  readonly deliveryP50: number;
  readonly deliveryP99: number;
  /** CPU per acknowledged message, µs. */
  readonly serverMicros: number;
  readonly databaseMicros: number;
  /** Parts of a core, 0 to 1. `others`: what else ran on the measured core. */
  readonly serverBusy: number;
  readonly databaseBusy: number;
  /** Interrupts on the measured core, mostly the loopback network: at work for the server, on nobody's account. */
  readonly interruptsBusy: number;
  readonly othersBusy: number;
  readonly generatorBusy: number;
  /** Refused, and never answered or delivered although the load had ended. */
  readonly failed: number;
  readonly lost: number;
  /** So many waited that the step was ended early. */
  readonly overrun: boolean;
}

export interface Measured {
  /** Its processes: several nodes, and what joins them. */
  readonly serverPids: readonly number[];
  readonly databasePid: number | null;
}

/** After the load has ended, the last may come for so long. */
const DRAIN_MS = 5_000;
const MARK_EVERY_MS = 1_000;
const RING = 1 << 17;

export interface LoadOptions {
  /** Before each window; longer before the first, when the server's code is cold. */
  readonly warmUpMs: number;
  /** Messages that wait beyond which nothing more is learned, for a rate. */
  readonly maxWaiting: (rate: number) => number;
  /** What a message waits for: the server's answer, or everybody's copy of it, where there are no answers. */
  readonly waitsFor: 'answer' | 'delivery';
}

const withAnswers: LoadOptions = { warmUpMs: 1_500, maxWaiting: () => 20_000, waitsFor: 'answer' };

export class Load implements Ear {
  readonly textLength: number;
  /** How many get each message, its sender not counted. */
  readonly receivers: number;
  readonly #options: LoadOptions;
  /** When the message of a request id was due, by the id's remainder. */
  readonly #due = new Float64Array(RING);
  #acks = new Histogram();
  #deliveries = new Histogram();
  #window = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  #inWindow = { offered: 0, acknowledged: 0, delivered: 0 };
  #begin = 0;
  #sent = 0;
  #answered = 0;
  #delivered = 0;
  #failed = 0;
  #failure = '';

  constructor(receivers: number, textLength: number, options: LoadOptions = withAnswers) {
    this.receivers = receivers;
    this.textLength = textLength;
    this.#options = options;
  }

  /** Copies that have reached others in this step. */
  get deliveries(): number {
    return this.#delivered;
  }

  /** The last refusal, for the curious. */
  get failure(): string {
    return this.#failure;
  }

  acknowledged(id: number): void {
    const now = performance.now();
    const due = this.#due[id % RING]!;
    this.#answered += 1;
    if (this.#covers(now)) this.#inWindow.acknowledged += 1;
    if (this.#covers(due)) this.#acks.add(now - due);
  }

  failed(_id: number, frame: string): void {
    this.#answered += 1;
    this.#failed += 1;
    this.#failure = frame;
  }

  delivered(due: number, sender: number, receiver: number): void {
    // The sender's own copy, and what comes late of a step before.
    if (sender === receiver || due < this.#begin) return;
    const now = performance.now();
    this.#delivered += 1;
    if (this.#covers(now)) this.#inWindow.delivered += 1;
    if (this.#covers(due)) this.#deliveries.add(now - due);
  }

  #covers(time: number): boolean {
    return time >= this.#window.from && time < this.#window.to;
  }

  /** Offers `rate` messages a second by peers picked at random, and measures for `seconds`. */
  async step(
    peers: readonly Talker[],
    rate: number,
    seconds: number,
    measured: Measured,
  ): Promise<StepResult> {
    this.#reset();
    const begin = this.#begin;
    const from = begin + this.#options.warmUpMs;
    const maxWaiting = this.#options.maxWaiting(rate);
    const to = from + seconds * 1000;
    this.#window = { from, to };
    let before: Reading | null = null;
    let due = begin;
    while (due < to && this.#waiting() < maxWaiting) {
      const now = performance.now();
      if (!before && now >= from) before = read(measured);
      for (; due <= now && due < to; due += gap(rate)) this.#say(peers, due);
      await sleep(1);
    }
    const ended = Math.min(performance.now(), to);
    const after = read(measured);
    const overrun = due < to;
    await this.#drain();
    return this.#result(rate, seconds, { from, ended, before: before ?? after, after, overrun });
  }

  /** Offers a rate without measuring. */
  async warmUp(peers: readonly Talker[], rate: number, seconds: number): Promise<void> {
    this.#reset();
    const begin = this.#begin;
    const maxWaiting = this.#options.maxWaiting(rate);
    for (let due = begin; due < begin + seconds * 1000; await sleep(1)) {
      const now = performance.now();
      if (this.#waiting() >= maxWaiting) break;
      for (; due <= now; due += gap(rate)) this.#say(peers, due);
    }
    await this.#drain();
  }

  /** Until `stop` is called, every peer tells once a second what has reached it, spread over the second. */
  keepMarking(peers: readonly Talker[]): () => void {
    const slices = 50;
    let slice = 0;
    const timer = setInterval(() => {
      for (let i = slice; i < peers.length; i += slices) peers[i]!.markDelivered();
      slice = (slice + 1) % slices;
    }, MARK_EVERY_MS / slices);
    return () => clearInterval(timer);
  }

  #say(peers: readonly Talker[], due: number): void {
    const peer = peers[Math.floor(Math.random() * peers.length)]!;
    const id = this.#sent;
    this.#sent += 1;
    this.#due[id % RING] = due;
    if (this.#covers(due)) this.#inWindow.offered += 1;
    peer.say(id, newId(), stampedText(due, peer.index, this.textLength));
  }

  async #drain(): Promise<void> {
    const end = performance.now() + DRAIN_MS;
    while (this.#waits() && performance.now() < end) await sleep(20);
  }

  #waits(): boolean {
    return this.#unanswered() > 0 || this.#missing() > 0;
  }

  /** Messages, not their copies. */
  #waiting(): number {
    return this.#options.waitsFor === 'answer' ? this.#unanswered() : this.#missing() / this.receivers;
  }

  #unanswered(): number {
    return this.#options.waitsFor === 'answer' ? this.#sent - this.#answered : 0;
  }

  #missing(): number {
    return (this.#sent - this.#failed) * this.receivers - this.#delivered;
  }

  #reset(): void {
    // Stamps are rounded to a microsecond.
    this.#begin = Math.ceil(performance.now());
    this.#acks = new Histogram();
    this.#deliveries = new Histogram();
    this.#window = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    this.#inWindow = { offered: 0, acknowledged: 0, delivered: 0 };
    this.#sent = 0;
    this.#answered = 0;
    this.#delivered = 0;
    this.#failed = 0;
  }

  #result(
    rate: number,
    seconds: number,
    run: { from: number; ended: number; before: Reading; after: Reading; overrun: boolean },
  ): StepResult {
    const { before, after } = run;
    const time = Math.max(1, run.ended - run.from) / 1000;
    const busy = (name: keyof Reading): number =>
      (after[name] - before[name]) / Math.max(1, after.at - before.at);
    const { offered, acknowledged, delivered } = this.#inWindow;
    const perMessage = (name: keyof Reading): number =>
      ((after[name] - before[name]) * 1000) / Math.max(1, acknowledged);
    return {
      rate,
      seconds,
      offered: offered / time,
      acknowledged: acknowledged / time,
      delivered: delivered / time,
      ackP50: this.#acks.percentile(0.5),
      ackP99: this.#acks.percentile(0.99),
      deliveryP50: this.#deliveries.percentile(0.5),
      deliveryP99: this.#deliveries.percentile(0.99),
      serverMicros: perMessage('server'),
      databaseMicros: perMessage('database'),
      serverBusy: busy('server'),
      databaseBusy: busy('database'),
      interruptsBusy: busy('interrupts'),
      othersBusy: Math.max(0, busy('processes') - busy('server') - busy('database')),
      generatorBusy: busy('generator'),
      failed: this.#failed,
      lost: this.#unanswered() + Math.max(0, this.#missing()),
      overrun: run.overrun,
    };
  }
}

/** Arrivals of many independent people: exponential gaps, ms. */
const gap = (rate: number): number => (-Math.log(1 - Math.random()) * 1000) / rate;

/** CPU time so far, ms. */
interface Reading {
  readonly at: number;
  readonly server: number;
  readonly database: number;
  readonly processes: number;
  readonly interrupts: number;
  readonly generator: number;
}

function read({ serverPids, databasePid }: Measured): Reading {
  const servers = cpuOfTrees([...serverPids]);
  const [database = 0] = databasePid === null ? [] : cpuOfTrees([databasePid]);
  const own = process.cpuUsage();
  return {
    at: performance.now(),
    server: servers.reduce((sum, cpu) => sum + cpu, 0),
    database,
    ...timeOfCore(serverCore),
    generator: (own.user + own.system) / 1000,
  };
}
