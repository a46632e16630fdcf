/** A round video message: a face, as large as one. */
import { useState } from 'react';
import { t } from '../../i18n/index.ts';
import { placeholderUrl } from '../files/placeholder.ts';
import { placeOf, useFileUrl, useTransfer } from '../files/source.ts';
import { TransferRing } from '../files/TransferRing.tsx';
import { Broken } from './Broken.tsx';
import { RoundVideo } from './RoundVideo.tsx';
import type { SoundViewProps } from './VoiceView.tsx';
import './play.css';

/** '' is a no; "maybe" is all that browsers ever promise. */
const canPlay = (mime: string): boolean => document.createElement('video').canPlayType(mime) !== '';

export default function RoundView({ file, message }: SoundViewProps) {
  const place = placeOf(message);
  const [broken, setBroken] = useState(false);
  // What its sender's browser wrote, or where that is foreign here, what the server made of it.
  const [own] = useState(() => canPlay(file.mime));
  const src = useFileUrl(place, own ? file.fileId : (file.playable?.fileId ?? file.fileId));
  const poster = useFileUrl(place, file.thumbnail?.fileId);
  const transfer = useTransfer(file.fileId);
  if (broken) return <Broken file={file} place={place} text={t('play.brokenVideo')} />;
  return (
    <RoundVideo
      src={src}
      poster={poster}
      blur={placeholderUrl(file.placeholder)}
      length={file.duration ?? 0}
      onBroken={() => setBroken(true)}
      cover={
        transfer && (
          <span className="kith-round-transfer">
            <TransferRing fileId={file.fileId} message={message} size={56} />
          </span>
        )
      }
    />
  );
}
