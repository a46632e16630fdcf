/** A poor line to a server: so many bytes a second, and every connection dies again and again. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

export interface PoorLine {
  readonly url: string;
  /** Times that it died while somebody used it. */
  readonly deaths: number;
  /** From now on it holds. */
  heal(): void;
  close(): Promise<void>;
}

export interface Poverty {
  readonly dropEveryMs: number;
  readonly bytesPerSecond: number;
}

export async function startPoorLine(
  port: number,
  { dropEveryMs, bytesPerSecond }: Poverty,
): Promise<PoorLine> {
  const open = new Set<Socket>();
  let deaths = 0;
  const drop = (): void => {
    if (open.size > 0) deaths += 1;
    for (const socket of open) socket.destroy();
  };
  const timer = setInterval(drop, dropEveryMs);

  const server = createServer({ noDelay: true }, (client) => {
    const node = connect({ port, host: '127.0.0.1' });
    for (const socket of [client, node]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        open.delete(socket);
        client.destroy();
        node.destroy();
      });
    }
    client.pipe(slowed(bytesPerSecond)).pipe(node);
    node.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get deaths() {
      return deaths;
    },
    heal: () => clearInterval(timer),
    close: async () => {
      clearInterval(timer);
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}

const slowed = (bytesPerSecond: number): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      setTimeout(() => done(null, chunk), (chunk.length / bytesPerSecond) * 1_000);
    },
  });
