/** Music and other sound that is no voice message: its name, where one is in it, how large it is, and the way to keep it. */
import { Download } from 'lucide-react';
import { useRef } from 'react';
import { useClient } from '../../app/client.tsx';
import { t } from '../../i18n/index.ts';
import { FileName } from '../files/FileName.tsx';
import { placeOf, useFileUrl, useTransfer } from '../files/source.ts';
import { TransferRing } from '../files/TransferRing.tsx';
import { clockText, sizeText } from '../files/words.ts';
import { Broken } from './Broken.tsx';
import { PlayButton } from './PlayButton.tsx';
import { seek, toggle } from './player.ts';
import { Seek } from './Seek.tsx';
import { messageSound, soundKey } from './sounds.ts';
import { useSeconds, useSeen, useSoundState } from './useSound.ts';
import type { SoundViewProps } from './VoiceView.tsx';
import '../files/row.css';
import './play.css';

export default function AudioView({ file, message }: SoundViewProps) {
  const client = useClient();
  const { record } = message;
  const view = useRef<HTMLDivElement>(null);
  const key = soundKey(record.id, file.fileId);
  const { active, broken, state } = useSoundState(key);
  const seconds = useSeconds(active);
  const transfer = useTransfer(file.fileId);
  const url = useFileUrl(placeOf(message), file.fileId, { download: true });
  useSeen(view, key, active);
  const sound = () => messageSound(client, record, file);
  const length = file.duration;
  if (broken) return <Broken file={file} place={placeOf(message)} text={t('play.brokenAudio')} />;
  const size = sizeText(file.size);
  return (
    <div ref={view} className="kith-file-row kith-audio">
      {transfer ? (
        <TransferRing fileId={file.fileId} message={message} size={44} />
      ) : (
        <PlayButton state={state} onPress={() => toggle(sound())} />
      )}
      <div className="kith-audio-lines">
        <FileName name={file.name} />
        {/* Of unknown length there is nothing to step along. */}
        {active && length ? (
          <div className="kith-audio-seek">
            <Seek bars={[]} length={length} active onSeek={(at) => seek(sound(), at)} />
            <span className="kith-play-time">{clockText(Math.max(0, length - seconds))}</span>
          </div>
        ) : (
          <span className="kith-play-time">{length ? `${clockText(length)} · ${size}` : size}</span>
        )}
      </div>
      {url !== undefined && !transfer && (
        <a
          className="kith-file-get"
          href={url}
          download={file.name}
          aria-label={t('file.download', { name: file.name })}
          title={t('file.save')}
        >
          <Download size={18} strokeWidth={1.75} aria-hidden="true" />
        </a>
      )}
    </div>
  );
}
