/** What people in the demo hand each other: photos, recordings, documents. Made on the spot, without the network. */
import type { FileKind, MessageFile } from '@kith/protocol';
import { firstPage, type Page, pdf } from './documents.ts';
import { type PhotoName, photoNames, takePhoto } from './photos.ts';
import { pluck, type Sound, speak } from './sounds.ts';

/** A thing as it lies on its owner's machine. */
export interface Prop {
  readonly name: string;
  readonly kind: FileKind;
  readonly mime: string;
  readonly bytes: Buffer;
  /** What its owner's app says of it before it is sent. */
  readonly said?: Pick<MessageFile, 'duration' | 'waveform'>;
  /** A small picture of it, made by its owner's app. */
  readonly small?: { readonly bytes: Buffer; readonly mime: string };
}

const NAMES: Readonly<Record<PhotoName, string>> = {
  ridges: 'IMG_2043.jpg',
  lake: 'IMG_2051.jpg',
  fog: 'IMG_2058.jpg',
  persimmons: 'Kaki.jpg',
  rain: '雨夜.jpg',
  sea: 'من الشرفة.jpg',
};

const INVITATION: Page = {
  title: 'Casa aberta',
  lines: [
    'Terça-feira, 18:00 – 21:00',
    'Sala de leitura, biblioteca do porto',
    '',
    'Uma mesa grande, bom café, nenhum projector.',
    'Mostramos o que fizemos e ouvimos o que falta.',
    'Haverá bolo. É redondo, e é de dióspiro.',
    '',
    'Traga quem quiser.',
  ],
};

const NOTES = `# Notes for operators

## Before you begin
- One directory holds everything. Know where it is.
- Make a copy of it before the first update, not after.

## When something is slow
1. Look at the disk first.
2. Then at the clock.
3. Then at what was changed yesterday.

## Tea
Black, four minutes. Everything else is in the margin.
`;

const CHAPTER = `الفصل الثالث

كانت المكتبة القديمة تفتح أبوابها في الرابعة، ولا أحد يعرف لماذا.
جلست عند النافذة، ووضعت الكتاب أمامها ولم تفتحه.
قالت: البحر اليوم أقرب مما كان بالأمس.
`;

const TRANSLATION = `第二稿

窗外的雨停了，街灯一盏一盏亮起来。
她把信折好，放回信封，没有再看第二遍。
“慢慢来，”他说，“好句子自己会找到你。”
`;

export type PropName =
  | PhotoName
  | 'invitation'
  | 'notes'
  | 'chapter'
  | 'translation'
  | 'tune'
  | 'kitchen'
  | 'balcony';

export type Props = ReadonlyMap<PropName, Prop>;

/** Paints, records and writes all of it: some seconds of a processor. */
export async function makeProps(): Promise<Props> {
  const props = new Map<PropName, Prop>();
  // One after the other: the service wants processors, too.
  for (const name of photoNames) {
    const photo = await takePhoto(name);
    props.set(name, { name: NAMES[name], kind: 'image', mime: 'image/jpeg', bytes: photo.jpeg });
    if (name === 'sea')
      props.set('invitation', {
        name: 'Convite – casa aberta.pdf',
        kind: 'file',
        mime: 'application/pdf',
        bytes: pdf(INVITATION, photo),
        small: { bytes: await firstPage(INVITATION, photo), mime: 'image/webp' },
      });
  }
  const text = (name: string, words: string): Prop => ({
    name,
    kind: 'file',
    mime: 'text/plain',
    bytes: Buffer.from(words),
  });
  return props
    .set('notes', text('Notes for operators.md', NOTES))
    .set('chapter', text('الفصل الثالث – مسودة.txt', CHAPTER))
    .set('translation', text('译稿（第二稿）.txt', TRANSLATION))
    .set('tune', recording('Door bell, take 3.wav', 'audio', pluck(5)))
    .set('kitchen', recording('voice.wav', 'voice', speak(3, 9, 118)))
    .set('balcony', recording('voice.wav', 'voice', speak(8, 6, 192)));
}

const recording = (name: string, kind: 'voice' | 'audio', { wav, duration, waveform }: Sound): Prop => ({
  name,
  kind,
  mime: 'audio/wav',
  bytes: wav,
  said: { duration, ...(kind === 'voice' && { waveform }) },
});
