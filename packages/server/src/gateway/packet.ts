/**
 * A packet: frames that go to many sockets, encoded once, down to the WebSocket header. What a server sends is not
 * masked, so the same bytes are right for every socket; each queue holds a reference.
 */
export interface Packet {
  /** One complete WebSocket text message. */
  readonly bytes: Buffer;
  /** S10: may be dropped for a reader that lags. */
  readonly ephemeral: boolean;
}

const FIN_TEXT = 0x81;
const UINT16_FOLLOWS = 126;
const UINT64_FOLLOWS = 127;

/** Several frames, one a line, as one WebSocket text message. */
export function encodeMessage(frames: readonly string[]): Buffer {
  const text = frames.length === 1 ? (frames[0] as string) : frames.join('\n');
  const length = Buffer.byteLength(text);
  const header = length < UINT16_FOLLOWS ? 2 : length < 0x10000 ? 4 : 10;
  const bytes = Buffer.allocUnsafe(header + length);
  bytes[0] = FIN_TEXT;
  if (header === 2) {
    bytes[1] = length;
  } else if (header === 4) {
    bytes[1] = UINT16_FOLLOWS;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = UINT64_FOLLOWS;
    bytes.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
    bytes.writeUInt32BE(length >>> 0, 6);
  }
  bytes.write(text, header);
  return bytes;
}

export const packetOf = (frames: readonly string[], ephemeral = false): Packet => ({
  bytes: encodeMessage(frames),
  ephemeral,
});
