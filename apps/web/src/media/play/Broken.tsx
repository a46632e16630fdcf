/** In the place of what cannot be played here: why, and the way to have it all the same. */
import type { MessageFile } from '@kith/protocol';
import { CircleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { isGone, type Place, useFileUrl } from '../files/source.ts';
import './play.css';

export function Broken({
  file,
  place,
  text,
}: {
  readonly file: MessageFile;
  readonly place: Place;
  /** Where it is there, and this browser does not know its form. */
  readonly text: string;
}) {
  const url = useFileUrl(place, file.fileId, { download: true });
  const [gone, setGone] = useState(false);
  useEffect(() => {
    let over = false;
    if (url !== undefined) void isGone(url).then((is) => over || setGone(is));
    return () => {
      over = true;
    };
  }, [url]);
  return (
    <div className="kith-broken" role="alert">
      <CircleAlert size={20} strokeWidth={1.75} aria-hidden="true" />
      <span>
        {gone ? t('play.gone') : text}{' '}
        {!gone && url !== undefined && (
          <a className="kith-link" href={url} download={file.name}>
            {t('play.download')}
          </a>
        )}
      </span>
    </div>
  );
}
