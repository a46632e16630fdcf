/** A place as a card drawn here: no map of a stranger's server is fetched, so nobody learns who looks at it. */
import type { LocationAttachment } from '@kith/protocol';
import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../i18n/index.ts';

/** "48.13715° N, 11.57612° E". */
export function coordinates({ latitude, longitude }: LocationAttachment): string {
  const side = (value: number, positive: string, negative: string) =>
    `${Math.abs(value).toFixed(5)}° ${value < 0 ? negative : positive}`;
  return `${side(latitude, 'N', 'S')}, ${side(longitude, 'E', 'W')}`;
}

export const mapLink = ({ latitude, longitude }: LocationAttachment): string =>
  `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;

export default function LocationView({
  attachment,
  end,
}: {
  readonly attachment: LocationAttachment;
  readonly end?: ReactNode;
}) {
  return (
    <div className="kith-place">
      <a
        className="kith-place-card"
        href={mapLink(attachment)}
        target="_blank"
        rel="noopener noreferrer"
        aria-label={t('location.open', { place: attachment.label ?? coordinates(attachment) })}
      >
        <Land {...attachment} />
        <span className="kith-place-lines">
          <span className="kith-place-name" dir="auto">
            {attachment.label ?? t('attachment.location')}
          </span>
          <span className="kith-place-at" dir="ltr">
            {coordinates(attachment)}
          </span>
        </span>
        <ExternalLink size={16} strokeWidth={1.75} aria-hidden="true" />
      </a>
      {end}
    </div>
  );
}

/** The net of degrees around the place, a pin in its middle: the lines lie as they lie there. */
function Land({ latitude, longitude }: LocationAttachment) {
  const offset = (degrees: number) => (((degrees * 1_000) % 1) + 1) % 1;
  const x = -offset(longitude) * 48;
  const y = offset(latitude) * 40;
  return (
    <svg
      className="kith-place-land"
      viewBox="0 0 280 96"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      {Array.from({ length: 8 }, (_, i) => (
        <path
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no other name
          key={`m${i}`}
          d={`M${x + i * 48} 0 C ${x + i * 48 + 6} 32 ${x + i * 48 - 6} 64 ${x + i * 48} 96`}
        />
      ))}
      {Array.from({ length: 4 }, (_, i) => (
        <path
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no other name
          key={`p${i}`}
          d={`M0 ${y + i * 40 - 20} C 90 ${y + i * 40 - 14} 190 ${y + i * 40 - 26} 280 ${y + i * 40 - 20}`}
        />
      ))}
      <circle className="kith-place-halo" cx="140" cy="48" r="18" />
      <circle className="kith-place-dot" cx="140" cy="48" r="7" />
    </svg>
  );
}
