/** A file's name exactly as it is, and its ending always in sight: neither length nor a turned direction hides what it is. */
import { nameParts } from './kind.ts';
import './files.css';

export function FileName({ name }: { readonly name: string }) {
  const { stem, ending } = nameParts(name);
  return (
    <span className="kith-file-name" dir="auto" title={name}>
      <span>{stem}</span>
      {ending !== '' && <span>{ending}</span>}
    </span>
  );
}
