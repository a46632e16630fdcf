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

/** One complete WebSocket text message in parts, of which other sockets' messages share some. */
export interface SpreadMessage {
  readonly parts: readonly Buffer[];
  readonly byteLength: number;
}

const headerLength = (length: number): number => (length < UINT16_FOLLOWS ? 2 : length < 0x10000 ? 4 : 10);

function writeHeader(bytes: Buffer, header: number, length: number): void {
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
}

/** Several frames, one a line, as one WebSocket text message. */
export function encodeMessage(frames: readonly string[]): Buffer {
  const text = frames.length === 1 ? (frames[0] as string) : frames.join('\n');
  const length = Buffer.byteLength(text);
  const header = headerLength(length);
  const bytes = Buffer.allocUnsafe(header + length);
  writeHeader(bytes, header, length);
  bytes.write(text, header);
  return bytes;
}

/** One frame that is encoded already. */
export function spreadMessage(frame: readonly Buffer[]): SpreadMessage {
  const length = frame.reduce((sum, part) => sum + part.length, 0);
  const header = Buffer.allocUnsafe(headerLength(length));
  writeHeader(header, header.length, length);
  return { parts: [header, ...frame], byteLength: header.length + length };
}

export const packetOf = (frames: readonly string[], ephemeral = false): Packet => ({
  bytes: encodeMessage(frames),
  ephemeral,
});
