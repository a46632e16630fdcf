/** Below the header: what is pinned, one after another. A press leads to the message and steps to the one before it. */
import type { PinList, PinsView } from '@kith/client';
import { List, Pin } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { openPanel } from '../app/panel.ts';
import { t } from '../i18n/index.ts';
import { requestJump } from '../message/jumps.ts';
import { LinePicture } from '../message/LinePicture.tsx';
import { LineSign } from '../message/LineSign.tsx';
import { useExcerpt } from '../message/names.tsx';
import { IconButton } from '../ui/IconButton.tsx';

const NOTHING: PinsView = { status: 'loading', messages: [] };
const never = { get: () => NOTHING, subscribe: () => () => undefined };

/** Pinned messages of a conversation, the latest first. */
export function usePins(conversationId: string): PinsView {
  const client = useClient();
  const [list, setList] = useState<PinList>();
  useEffect(() => {
    const opened = client.conversations.pins(conversationId);
    setList(opened);
    return () => opened.dispose();
  }, [client, conversationId]);
  return useReadable(list?.view ?? never);
}

export function PinsBar({ conversationId }: { readonly conversationId: string }) {
  const { messages } = usePins(conversationId);
  const [at, setAt] = useState(0);
  const place = Math.min(at, messages.length - 1);
  const message = messages[place];
  if (!message) return null;
  return (
    <section className="kith-pins" aria-label={t('pins.label')}>
      <button
        type="button"
        className="kith-pins-one"
        onClick={() => {
          requestJump(conversationId, message.id);
          setAt((place + 1) % messages.length);
        }}
      >
        <span className="kith-pins-rail" aria-hidden="true">
          {messages.slice(0, 4).map((one, index) => (
            <span key={one.id} data-on={index === Math.min(place, 3) || undefined} />
          ))}
        </span>
        <LinePicture record={message} />
        <span className="kith-pins-lines">
          <span className="kith-pins-title">
            {messages.length > 1
              ? t('pins.numbered', { number: messages.length - place, count: messages.length })
              : t('pins.one')}
          </span>
          <Words key={message.id} body={message.body} />
        </span>
      </button>
      <IconButton icon={messages.length > 1 ? List : Pin} label={t('pins.all')} onClick={openPanel} />
    </section>
  );
}

function Words({ body }: { readonly body: Parameters<typeof useExcerpt>[0] }) {
  const excerpt = useExcerpt(body);
  return (
    <span className="kith-pins-words" dir="auto">
      {!excerpt.picture && <LineSign of={excerpt} />}
      {excerpt.text}
    </span>
  );
}
