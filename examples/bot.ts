/** An echo bot: answers every message with itself. KITH_URL, KITH_EMAIL and KITH_PASSWORD say where and as whom. */
import { accounts, createClient } from '@kith/client';

const {
  KITH_URL: url = 'http://localhost:4040',
  KITH_EMAIL: email = '',
  KITH_PASSWORD: password = '',
} = process.env;

const step = await accounts(url)
  .signIn({ email, password })
  .catch((error: Error) => {
    console.error(`The bot could not sign in: ${error.message}`);
    process.exit(1);
  });
if (step.type !== 'signed_in') throw new Error('This account has to be signed in to by a person.');
const { token = '' } = step;
const kith = createClient({ url, token, userAgent: 'echo bot' });
kith.onMessage(
  ({ id, conversationId, seq, body }) => {
    if (body.type === 'content' && body.content.type === 'plain') {
      kith.messages.send(conversationId, body.content.text, { replyTo: id });
    }
    // Done with: the next start goes on after it.
    kith.conversations.markRead(conversationId, seq);
  },
  { missed: true },
);
await kith.start();
