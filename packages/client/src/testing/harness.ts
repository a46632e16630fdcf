import { newId } from '@kith/protocol/ids';
import { Client } from '../client.ts';
import type { Surroundings } from '../core.ts';
import { steadyNetwork } from '../network.ts';
import type { Storage } from '../storage/storage.ts';
import type { TimelineView } from '../types.ts';
import { FakeServer } from './fakeServer.ts';
import { seeded, VirtualClock } from './virtualClock.ts';

export const ANNA = '00000000-0000-7000-8000-00000000000a';
export const BERT = '00000000-0000-7000-8000-00000000000b';

/** Anna and Bert, and a group of both with `messages` messages of Bert's. */
export class Harness {
  readonly clock = new VirtualClock();
  readonly random = seeded(1);
  readonly server = new FakeServer(this.clock, this.random);
  readonly group = newId();
  readonly warnings: string[] = [];

  constructor(messages = 0) {
    const { world } = this.server;
    world.addUser(ANNA, 'anna');
    world.addUser(BERT, 'bert');
    world.addConversation(this.group, 'group', [ANNA, BERT]);
    for (let n = 1; n <= messages; n++) this.say(BERT, `message ${n}`);
  }

  client(userId: string, storage?: Storage, surroundings: Surroundings = {}): Client {
    return new Client(
      {
        url: 'http://test',
        token: userId,
        ...(storage && { storage }),
        clock: this.clock,
        random: this.random,
        WebSocket: this.server.WebSocket,
        onWarning: (message) => this.warnings.push(message),
      },
      { network: steadyNetwork, tabs: { locks: undefined, openChannel: undefined }, ...surroundings },
    );
  }

  /** Started and in step. */
  async live(userId: string, storage?: Storage, surroundings?: Surroundings): Promise<Client> {
    const client = this.client(userId, storage, surroundings);
    void client.start();
    await this.clock.pass(200);
    return client;
  }

  /** A message that somebody sends elsewhere. */
  say(userId: string, text: string): string {
    const messageId = newId();
    this.server.world.sendMessage(userId, {
      conversationId: this.group,
      messageId,
      content: { type: 'plain', text },
    });
    return messageId;
  }

  texts(): string[] {
    return this.server.world.conversations.get(this.group)!.messages.map(textOf);
  }
}

export const textOf = ({ body }: { body: TimelineView['messages'][number]['record']['body'] }): string =>
  body.type === 'content' && body.content.type === 'plain' ? body.content.text : body.type;

export const textsOf = (view: TimelineView): string[] => view.messages.map((row) => textOf(row.record));
