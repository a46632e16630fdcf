/** What lies behind the first link of a message: a quiet card. Its picture has its size before it is loaded, so nothing moves. */
import type { LinkPreview as Preview } from '@kith/protocol';

/** As wide as a card is, px; higher ones are cut. */
const WIDTH = 320;
const HEIGHT = 180;

export function LinkPreview({ preview }: { readonly preview: Preview }) {
  const { url, siteName, title, description, image } = preview;
  // A small or upright picture stands beside the words, a wide one below them.
  const beside = image !== undefined && (image.width < 240 || image.height > image.width);
  const height = image && Math.min(HEIGHT, Math.round((image.height / image.width) * WIDTH));
  return (
    <a
      className="kith-link-card"
      href={url}
      target="_blank"
      rel="noopener noreferrer nofollow"
      data-beside={beside || undefined}
    >
      <span className="kith-link-words">
        {siteName && (
          <span className="kith-link-site" dir="auto">
            {siteName}
          </span>
        )}
        <span className="kith-link-title" dir="auto">
          {title}
        </span>
        {description && (
          <span className="kith-link-description" dir="auto">
            {description}
          </span>
        )}
      </span>
      {image && (
        <img
          src={image.path}
          alt=""
          loading="lazy"
          decoding="async"
          style={beside ? undefined : { blockSize: `${height}px` }}
        />
      )}
    </a>
  );
}
