/** A poll in its bubble: answers to press, and how they stand once one has voted or it is over. */
import type { PollAttachment, PollResults } from '@kith/protocol';
import { Check } from 'lucide-react';
import { lazy, Suspense, useEffect, useReducer, useState } from 'react';
import { useClient } from '../../app/client.tsx';
import { percent as percentText } from '../../app/time.ts';
import { t } from '../../i18n/index.ts';
import { formatWhen } from '../../message/time.ts';
import { toastError } from '../../ui/toast.ts';
import type { AttachmentViewProps } from '../views.tsx';
import './poll.css';

const PollVoters = lazy(() => import('./PollVoters.tsx'));

export default function PollView({ attachment, message, end }: AttachmentViewProps<PollAttachment>) {
  const { messages } = useClient();
  const [listing, setListing] = useState(false);
  const { record } = message;
  const sent = message.state !== 'pending' && message.state !== 'failed';
  const over = useOver(attachment.closesAt);
  const closed = record.poll?.closed !== undefined || over;
  const { options = [], voters = 0 } = record.poll ?? {};
  const chosen = attachment.options.flatMap((_, place) => (options[place]?.mine ? [place] : []));
  const shown = closed || chosen.length > 0;

  const vote = (places: readonly number[]) => {
    messages.vote(record.conversationId, record.id, places).catch(toastError);
  };
  const press = (place: number) => {
    const mine = chosen.includes(place);
    if (attachment.multiple)
      vote(mine ? chosen.filter((other) => other !== place) : [...chosen, place].sort((a, b) => a - b));
    else vote(mine ? [] : [place]);
  };

  return (
    <div className="kith-poll" role="group" aria-label={attachment.question}>
      <p className="kith-poll-question">{attachment.question}</p>
      <p className="kith-poll-kind">{kindLine(attachment, closed)}</p>
      <ul>
        {attachment.options.map((text, place) => (
          <Answer
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what an answer is known by
            key={place}
            text={text}
            result={options[place]}
            voters={voters}
            shown={shown}
            multiple={attachment.multiple}
            disabled={closed || !sent}
            onPress={() => press(place)}
          />
        ))}
      </ul>
      <div className="kith-poll-foot">
        {shown && !attachment.anonymous && voters > 0 ? (
          <button type="button" onClick={() => setListing(true)}>
            {t('poll.votes', { count: voters })}
          </button>
        ) : (
          <span>{voters > 0 ? t('poll.votes', { count: voters }) : t('poll.noVotes')}</span>
        )}
        {!closed && attachment.closesAt && (
          <span>{t('poll.until', { time: formatWhen(attachment.closesAt) })}</span>
        )}
        {end}
      </div>
      {listing && (
        <Suspense fallback={null}>
          <PollVoters attachment={attachment} record={record} onClose={() => setListing(false)} />
        </Suspense>
      )}
    </div>
  );
}

function kindLine({ anonymous, multiple }: PollAttachment, closed: boolean): string {
  const kind = closed ? t('poll.closed') : anonymous ? t('poll.kindAnonymous') : t('poll.kindOpen');
  return multiple && !closed ? `${kind} · ${t('poll.kindMultiple')}` : kind;
}

function Answer({
  text,
  result,
  voters,
  shown,
  multiple,
  disabled,
  onPress,
}: {
  readonly text: string;
  readonly result: PollResults['options'][number] | undefined;
  readonly voters: number;
  readonly shown: boolean;
  readonly multiple: boolean;
  readonly disabled: boolean;
  readonly onPress: () => void;
}) {
  const count = result?.count ?? 0;
  const mine = result?.mine ?? false;
  const share = voters > 0 ? count / voters : 0;
  const percent = percentText(share);
  return (
    <li>
      <button
        type="button"
        className="kith-poll-answer"
        aria-pressed={mine}
        aria-label={shown ? t('poll.answerLabel', { text, percent, count }) : text}
        // Readable all the same: so it stays a button that says it is disabled.
        aria-disabled={disabled || undefined}
        data-multiple={multiple || undefined}
        onClick={() => disabled || onPress()}
      >
        <span className="kith-poll-mark" aria-hidden="true">
          {mine && <Check size={12} strokeWidth={3} />}
        </span>
        <span className="kith-poll-text" dir="auto">
          {text}
        </span>{' '}
        {shown && <span className="kith-poll-share">{percent}</span>}
        <span className="kith-poll-bar" aria-hidden="true">
          <span style={{ scale: `${shown ? share : 0} 1` }} />
        </span>
      </button>
    </li>
  );
}

/** A timer waits no longer than this, ms: browsers count its time in 32 bits. */
const LONGEST = 2 ** 31 - 1;

/** Whether the poll's time is over by this device's clock; draws again at that moment. */
function useOver(closesAt: string | undefined): boolean {
  const [, again] = useReducer((count: number) => count + 1, 0);
  const left = closesAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(closesAt) - Date.now();
  useEffect(() => {
    if (closesAt === undefined) return;
    const wait = Date.parse(closesAt) - Date.now();
    if (wait <= 0) return;
    const timer = setTimeout(again, Math.min(wait + 50, LONGEST));
    return () => clearTimeout(timer);
  }, [closesAt]);
  return left <= 0;
}
