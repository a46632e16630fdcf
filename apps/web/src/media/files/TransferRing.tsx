/** How far a file of one's own is on its way; the cross in its middle gives the message up. */
import type { TimelineMessage } from '@kith/client';
import { X } from 'lucide-react';
import { useState } from 'react';
import { useClient, useReadable } from '../../app/client.tsx';
import { t } from '../../i18n/index.ts';
import { Confirm } from '../../ui/Confirm.tsx';
import { transferText, useTransfer } from './source.ts';
import { stopSending } from './stopSending.ts';
import './transfer.css';

/** What was sent so far is given up without a question below this, bytes. */
const UNASKED = 8_000_000;

export interface TransferRingProps {
  readonly fileId: string;
  readonly message: TimelineMessage;
  /** CSS pixels; fingers find 44 all the same. */
  readonly size?: number;
}

/** Nothing where nothing of it is on its way. */
export function TransferRing({ fileId, message, size = 48 }: TransferRingProps) {
  const client = useClient();
  const { files, connection } = client;
  const messageId = message.record.id;
  const online = useReadable(connection).type === 'live';
  const transfer = useTransfer(fileId);
  const [asking, setAsking] = useState(false);
  /** It was on its way when it was asked. */
  const [held, setHeld] = useState(false);
  if (!transfer) return null;
  const sent = transfer.type === 'checking' ? transfer.size : transfer.sent;
  const share = transfer.size === 0 ? 1 : Math.min(1, sent / transfer.size);
  const text = transferText(transfer);
  // It turns where there is nothing to measure; what waits for the network stands still.
  const turning = transfer.type === 'checking' || (online && transfer.type === 'waiting' && sent === 0);
  return (
    <span className="kith-transfer" style={{ inlineSize: size, blockSize: size }} data-state={transfer.type}>
      <svg
        viewBox="0 0 48 48"
        role="progressbar"
        aria-label={t('file.sending')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={text}
        data-turning={turning || undefined}
      >
        <circle
          cx="24"
          cy="24"
          r="20"
          pathLength="100"
          strokeDasharray={`${turning ? 24 : Math.max(2, share * 100)} 100`}
        />
      </svg>
      <button
        type="button"
        aria-label={t('file.stop')}
        title={text}
        onClick={() => {
          if (sent < UNASKED) return stopSending(client, message);
          // It must not be through before there is an answer.
          if (transfer.type !== 'paused') files.pause(messageId);
          setHeld(transfer.type !== 'paused');
          setAsking(true);
        }}
      >
        <X size={Math.round(size * 0.46)} strokeWidth={2} aria-hidden="true" />
      </button>
      {asking && (
        <Confirm
          title={t('file.stopSure')}
          text={t('file.stopText')}
          verb={t('file.stop')}
          onConfirm={async () => stopSending(client, message)}
          onClose={() => {
            setAsking(false);
            if (held) files.resume(messageId);
          }}
        />
      )}
    </span>
  );
}
