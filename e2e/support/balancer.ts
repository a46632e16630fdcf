/**
 * What stands in front of several nodes: one address, connections handed out in turn, a node that refuses is passed over.
 * No more is asked of a load balancer, for what breaks is found by the clients (S4, S6).
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  readonly url: string;
  /** Connections that each node was given so far, in the order of the ports. */
  readonly given: readonly number[];
  close(): Promise<void>;
}

export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  const given = ports.map(() => 0);
  let turn = 0;

  const join = (client: Socket, left: number): void => {
    const index = turn++ % ports.length;
    const node = connect({ port: ports[index] ?? 0, host: '127.0.0.1' });
    node.once('connect', () => {
      given[index] = (given[index] ?? 0) + 1;
      for (const socket of [client, node]) {
        open.add(socket);
        socket.once('close', () => {
          open.delete(socket);
          client.destroy();
          node.destroy();
        });
      }
      client.pipe(node);
      node.pipe(client);
    });
    node.once('error', () => {
      if (open.has(client)) return;
      if (left > 1) join(client, left - 1);
      else client.destroy();
    });
  };

  const server = createServer({ noDelay: true }, (client) => {
    client.on('error', () => client.destroy());
    join(client, ports.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    given,
    close: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}
