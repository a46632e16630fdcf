/** What stands before one line of a message: its picture, as small as it came with the record; else the sign of its kind. */
import { placeholderUrl } from '../media/files/placeholder.ts';
import type { Excerpt } from './excerpt.ts';

export function LineSign({ of: { icon: Icon, picture } }: { readonly of: Excerpt }) {
  const blur = placeholderUrl(picture?.placeholder);
  if (blur) {
    return (
      <span
        className="kith-line-picture"
        data-round={picture?.kind === 'round' || undefined}
        style={{ backgroundImage: `url(${blur})` }}
      />
    );
  }
  return Icon && <Icon className="kith-line-icon" size={14} strokeWidth={1.75} aria-hidden="true" />;
}
