/**
 * A messenger server as people write it in an afternoon: Socket.IO for the sockets, one INSERT for each message, the
 * acknowledgement when it is stored, then the message to the room. Rooms are memory, accounts there are none.
 *
 *     DATABASE_URL=postgres://… PORT=… node bench/systems/socketio/server.ts
 */
import { createServer } from 'node:http';
import pg from 'pg';
import { Server } from 'socket.io';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 20 });
await pool.query(`
  create table messages (
    id bigint generated always as identity primary key,
    room text not null,
    author text not null,
    text text not null,
    created_at timestamptz not null default now()
  );
  create index on messages (room, id);
`);

const insert = {
  // A name makes it a prepared statement.
  name: 'insert-message',
  text: 'insert into messages (room, author, text) values ($1, $2, $3) returning id, created_at',
};

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });

io.on('connection', (socket) => {
  const author = String(socket.handshake.auth['user'] ?? '');

  socket.on('join', async (room: string, joined: () => void) => {
    await socket.join(room);
    joined();
  });

  socket.on(
    'say',
    async (room: string, text: string, said: (answer: { id: string } | { error: string }) => void) => {
      try {
        const { rows } = await pool.query<{ id: string; created_at: Date }>({
          ...insert,
          values: [room, author, text],
        });
        const { id, created_at: createdAt } = rows[0]!;
        said({ id });
        socket.to(room).emit('message', { id, room, author, createdAt, text });
      } catch (error) {
        said({ error: String(error) });
      }
    },
  );
});

http.listen(Number(process.env['PORT']), '127.0.0.1', 4_096);
process.on('SIGTERM', () => process.exit(0));
