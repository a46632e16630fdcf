/** The picture of a message that is told of in two lines, beside them: in quotes and pins. Nothing where it has none. */
import type { MessageRecord } from '@kith/protocol';
import { Picture, usePicture } from '../media/files/Picture.tsx';
import { placeholderUrl } from '../media/files/placeholder.ts';
import { placeOfRecord } from '../media/files/source.ts';
import { type Excerpt, pictureOf } from './excerpt.ts';

/** CSS pixels. */
const SIDE = 36;

export function LinePicture({ record }: { readonly record: MessageRecord }) {
  const picture = pictureOf(record.body);
  return picture ? <Drawn key={picture.fileId} record={record} picture={picture} /> : null;
}

function Drawn({
  record,
  picture,
}: {
  readonly record: MessageRecord;
  readonly picture: NonNullable<Excerpt['picture']>;
}) {
  const state = usePicture(picture, SIDE, false);
  const blur = placeholderUrl(picture.placeholder);
  return (
    <span
      className="kith-line-picture"
      data-large
      data-round={picture.kind === 'round' || undefined}
      style={blur ? { backgroundImage: `url(${blur})` } : {}}
    >
      {state.fate === 'fine' && <Picture place={placeOfRecord(record)} state={state} alt="" />}
    </span>
  );
}
