/** Timeline and composer, loaded apart from the list. */
import { Composer } from '../composer/index.ts';
import { Timeline } from '../timeline/index.ts';

export function Talk({
  conversationId,
  messageId,
}: {
  readonly conversationId: string;
  readonly messageId: string | null;
}) {
  return (
    <>
      <Timeline conversationId={conversationId} jumpTo={messageId} />
      <Composer conversationId={conversationId} />
    </>
  );
}
