/** What became of messages: when they were acknowledged, whom they reached, and when. */
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@kith/protocol';
import { stampedText } from './frames.ts';
import type { Ear, Peer } from './peer.ts';
import { Samples } from './samples.ts';

const TEXT_LENGTH = 80;
/** After the last was sent, the rest may come for so long: what was not announced is found within 15 s (S11). */
const DRAIN_MS = 20_000;
/** Unanswered messages beyond which nothing more is learned. */
const MAX_WAITING = 20_000;

/** Who sends. */
export type Speaker = Pick<Peer, 'index' | 'say'>;

export class Arrivals implements Ear {
  acks = new Samples();
  deliveriesOfAll = new Samples();
  /** By kind of way. */
  readonly deliveries = new Map<string, Samples>();
  sent = 0;
  answered = 0;
  /** Deliveries, each message to each receiver once. */
  reached = 0;
  /** Those that came once more. */
  repeated = 0;
  refused = 0;
  /** The last refusal, for the curious. */
  failure = '';
  readonly #wayOf: (sender: number, receiver: number) => string;
  readonly #due = new Map<number, number>();
  /** Deliveries owed, by what a message's text says of it. */
  readonly #owed = new Map<string, number>();
  #nextId = 1;
  #expected = 0;
  #answeredMs = 0;
  #settled: (() => void) | null = null;

  /** `wayOf` tells deliveries apart by who wrote to whom. */
  constructor(wayOf: (sender: number, receiver: number) => string = () => 'any') {
    this.#wayOf = wayOf;
  }

  /** Deliveries that are still owed. */
  get missing(): number {
    return this.#expected - this.reached;
  }

  /** Forgets what was; what is still under way counts as nothing. */
  reset(): void {
    this.acks = new Samples();
    this.deliveriesOfAll = new Samples();
    this.deliveries.clear();
    this.#due.clear();
    this.#owed.clear();
    this.repeated = 0;
    [this.sent, this.answered, this.reached, this.refused, this.#expected] = [0, 0, 0, 0, 0];
  }

  /** Sends a message that `receivers` others should get. */
  say(peer: Speaker, receivers: number, wanted = performance.now()): void {
    const id = this.#nextId;
    this.#nextId += 1;
    // Two messages of one person are told apart by their microsecond.
    let due = wanted;
    while (this.#owed.has(stampOf(due, peer.index))) due += 0.001;
    this.#due.set(id, due);
    this.sent += 1;
    this.#expected += receivers;
    this.#owed.set(stampOf(due, peer.index), receivers);
    peer.say(id, newId(), stampedText(due, peer.index, TEXT_LENGTH));
  }

  /** Until everything sent was answered and has reached everybody; false when it did not in time. */
  async settle(): Promise<boolean> {
    if (this.#isSettled) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), DRAIN_MS);
    this.#settled = () => resolve(true);
    const settled = await promise;
    clearTimeout(timer);
    this.#settled = null;
    return settled;
  }

  /** Offers messages at a rate, whether or not they come through; each is counted from when it was due. Resolves with the seconds it took until the last was answered. */
  async offer(peers: readonly Speaker[], rate: number, seconds: number, receivers: number): Promise<number> {
    const begin = performance.now();
    const end = begin + seconds * 1_000;
    for (let due = begin; due < end && this.sent - this.answered < MAX_WAITING; await sleep(1)) {
      const now = performance.now();
      for (; due <= now && due < end; due += gap(rate)) {
        this.say(peers[Math.floor(Math.random() * peers.length)]!, receivers, due);
      }
    }
    await this.settle();
    return (this.#answeredMs - begin) / 1_000;
  }

  get #isSettled(): boolean {
    return this.answered >= this.sent && this.reached >= this.#expected;
  }

  #look(): void {
    if (this.#settled && this.#isSettled) this.#settled();
  }

  // ---- Ear ----

  acknowledged(id: number): void {
    const due = this.#due.get(id);
    if (due === undefined) return;
    this.#due.delete(id);
    this.#answeredMs = performance.now();
    this.acks.add(this.#answeredMs - due);
    this.answered += 1;
    this.#look();
  }

  failed(id: number, frame: string): void {
    if (!this.#due.delete(id)) return;
    this.answered += 1;
    this.refused += 1;
    this.failure = frame;
    this.#look();
  }

  delivered(due: number, sender: number, receiver: number): void {
    if (sender === receiver) return;
    const stamp = stampOf(due, sender);
    const owed = this.#owed.get(stamp);
    if (owed === undefined) {
      this.repeated += 1;
      return;
    }
    if (owed > 1) this.#owed.set(stamp, owed - 1);
    else this.#owed.delete(stamp);
    this.reached += 1;
    const way = this.#wayOf(sender, receiver);
    let samples = this.deliveries.get(way);
    if (!samples) {
      samples = new Samples();
      this.deliveries.set(way, samples);
    }
    const ms = performance.now() - due;
    samples.add(ms);
    this.deliveriesOfAll.add(ms);
    this.#look();
  }
}

/** As `stampedText` writes it. */
const stampOf = (due: number, sender: number): string => `${Math.round(due * 1_000)} ${sender}`;

/** Arrivals of many independent people: exponential gaps, ms. */
const gap = (rate: number): number => (-Math.log(1 - Math.random()) * 1000) / rate;
