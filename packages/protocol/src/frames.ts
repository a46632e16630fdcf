/**
 * The WebSocket's frames, tagged by `t`. A client sends one frame a message; the server may put several into one,
 * one a line, because one write for many frames is what makes fan-out cheap.
 */
import { z } from 'zod';
import { GifProvider } from './attachments.ts';
import { Challenge } from './challenge.ts';
import type { WireError } from './errors.ts';
import { errorCodes } from './errors.ts';
import { Ephemeral, Event } from './events.ts';
import { SettingsRecord } from './own.ts';
import { User } from './records.ts';
import { Rev, Text, Time } from './scalars.ts';

/** Negotiated as the WebSocket subprotocol. */
export const subprotocol = 'kith.v1.json';

export const HelloFrame = z.strictObject({
  t: z.literal('hello'),
  /** Absent: the browser's session cookie speaks. */
  token: Text(512, 1).optional(),
  /** What connects, for the list of sessions and the logs. */
  client: Text(80, 1).optional(),
});

export const RequestFrame = z.strictObject({
  t: z.literal('request'),
  /** Unique among this socket's unanswered requests; the reply bears it. */
  id: z.int().min(0),
  command: Text(40, 1),
  input: z.unknown(),
});

export const PingFrame = z.strictObject({ t: z.literal('ping') });

export const ClientFrame = z.discriminatedUnion('t', [HelloFrame, RequestFrame, PingFrame]);
export type ClientFrame = z.output<typeof ClientFrame>;

export const WireErrorSchema: z.ZodType<WireError> = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  retryable: z.boolean(),
  fields: z
    .array(z.object({ path: z.string(), message: z.string(), reason: z.string().optional() }))
    .optional(),
  retryAfterMs: z.int().optional(),
  requestId: z.string().optional(),
  challenge: Challenge.optional(),
}) as z.ZodType<WireError>;

export const ServerFrame = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('welcome'),
    user: User,
    settings: SettingsRecord,
    /** Head of what belongs to this person alone (S5). */
    rev: Rev,
    /** This connection's session, as `listSessions` names it. */
    sessionId: z.string(),
    /** When it ends, where it began with a token of a host: unless a fresh one comes before (`refreshToken`). */
    expiresAt: Time.optional(),
    tenant: z.object({
      slug: z.string(),
      name: z.string(),
      /** Of the custom emoji: whoever knows them at another asks `listEmoji`. */
      emojiRev: Rev.optional(),
    }),
    /** Where GIFs are searched; absent: nowhere. */
    gifs: GifProvider.optional(),
    limits: z.record(z.string(), z.number()),
    serverTime: Time,
  }),
  z.object({ t: z.literal('reply'), id: z.int(), output: z.unknown() }),
  z.object({ t: z.literal('failed'), id: z.int(), error: WireErrorSchema }),
  z.object({ t: z.literal('event'), event: Event }),
  z.object({ t: z.literal('ephemeral'), ephemeral: Ephemeral }),
  z.object({ t: z.literal('pong') }),
  /** The last frame before the server closes: why, and when to come back. */
  z.object({ t: z.literal('goodbye'), error: WireErrorSchema }),
]);
export type ServerFrame = z.output<typeof ServerFrame>;
