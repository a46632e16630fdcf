/** What is played while one looks at something else: a line at the top. A press on it leads to the message. */
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { currentRoute, openConversation } from '../../app/route.ts';
import { t } from '../../i18n/index.ts';
import { requestJump } from '../../message/jumps.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { clockText } from '../files/words.ts';
import { position } from './now.ts';
import { PlayButton } from './PlayButton.tsx';
import { close, toggle } from './player.ts';
import type { MessageSound } from './playing.ts';
import { SpeedButton } from './SpeedButton.tsx';
import { useSeconds, useSoundState } from './useSound.ts';
import './play.css';

export default function MiniPlayer({ sound }: { readonly sound: MessageSound }) {
  const { active, state } = useSoundState(sound.key);
  const seconds = useSeconds(active);
  const done = useRef<HTMLSpanElement>(null);
  const { conversationId, messageId, duration } = sound;
  useEffect(() => {
    const show = () =>
      done.current?.style.setProperty(
        '--kith-played',
        duration > 0 ? Math.min(1, position.get() / duration).toFixed(4) : '0',
      );
    show();
    return position.subscribe(show);
  }, [duration]);
  const jump = () => {
    const { conversationId: here, left } = currentRoute();
    if (here === conversationId && left === 'chats') requestJump(conversationId, messageId);
    else openConversation(conversationId, messageId);
  };
  return (
    <section className="kith-mini" aria-label={t('play.label')}>
      <PlayButton small state={state} onPress={() => toggle(sound)} />
      <button type="button" className="kith-mini-what" onClick={jump} title={t('play.show')}>
        <span className="kith-mini-title" dir="auto">
          {sound.title}
        </span>
        <span className="kith-mini-time">
          {clockText(seconds)} / {clockText(duration)}
        </span>
        <span className="kith-hidden">{t('play.show')}</span>
      </button>
      {sound.kind === 'voice' && <SpeedButton />}
      <IconButton icon={X} label={t('play.close')} onClick={close} />
      <span ref={done} className="kith-mini-done" />
    </section>
  );
}
