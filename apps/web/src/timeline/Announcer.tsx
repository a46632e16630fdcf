/** Says to screen readers what others write here, politely, and not a flood of it. */
import type { MessageRecord } from '@kith/protocol';
import { useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { UNKNOWN_NAME } from '../message/names.tsx';
import { plainPreview } from '../message/preview.ts';

/** What comes within this time is said in one sentence. */
const GATHER_MS = 600;
/** More than these are counted, not read out. */
const READ_OUT = 3;

export function Announcer({ conversationId }: { readonly conversationId: string }) {
  const client = useClient();
  const [text, setText] = useState('');
  useEffect(() => {
    let gathered: MessageRecord[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const nameOf = (id: string) => client.users.get(id).get()?.displayName;
    const say = () => {
      timer = undefined;
      setText(
        gathered.length > READ_OUT
          ? `${gathered.length} new messages`
          : gathered
              .map((message) => `${nameOf(message.authorId) ?? UNKNOWN_NAME}: ${words(message, nameOf)}`)
              .join('. '),
      );
      gathered = [];
    };
    const stop = client.onMessage((message) => {
      if (message.conversationId !== conversationId || message.body.type !== 'content') return;
      gathered.push(message);
      timer ??= setTimeout(say, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, conversationId]);
  return (
    <div className="kith-hidden" aria-live="polite">
      {text}
    </div>
  );
}

function words({ body }: MessageRecord, nameOf: (id: string) => string | undefined): string {
  return body.type === 'content' && body.content.type === 'plain'
    ? plainPreview(body.content.text, nameOf)
    : 'Encrypted message';
}
