/** Timeline and composer, loaded apart from the list. */
import { Composer } from '../composer/Composer.tsx';
import { Timeline } from '../timeline/Timeline.tsx';

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
