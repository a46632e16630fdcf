/** A conversation that has seen some years. */
import type { KithClient } from '@kith/client';
import { newId } from '@kith/protocol';

/** So many at once; the socket allows 64 that wait for their reply. */
const AT_ONCE = 48;

/** Sends "Message 1 …" to "Message `count` …", of lengths that vary as people's do. As quick as the server takes them. */
export async function fillHistory(client: KithClient, conversationId: string, count: number): Promise<void> {
  for (let from = 1; from <= count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from + 1) }, (_, i) => from + i);
    await Promise.all(
      numbers.map((n) =>
        client.request('sendMessage', {
          conversationId,
          messageId: newId(),
          content: {
            type: 'plain',
            text: `Message ${n} said ${'and some more words '.repeat((n * 7) % 13)}`.trim(),
          },
        }),
      ),
    );
  }
}
