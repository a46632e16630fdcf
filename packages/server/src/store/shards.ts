/**
 * Conversations fall into shards by their id. What is written on the hot path names conversations of one shard only, so that
 * shards can be committed side by side, and could lie in different databases (docs/decisions/0009-scale.md).
 */
export type ShardOf = (conversationId: string) => number;

/** The last digits of an id are random, whichever version of UUID it is. */
const DIGITS = 8;

export const shardOf =
  (shards: number): ShardOf =>
  (conversationId) =>
    Number.parseInt(conversationId.slice(-DIGITS), 16) % shards;
