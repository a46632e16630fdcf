/**
 * A PDF's pages, drawn as they come into view and let go again behind it. A stranger's document: it is only drawn; its scripts,
 * forms and links are never looked at.
 */
import type { MessageFile, MessageRecord } from '@kith/protocol';
import {
  AnnotationMode,
  GlobalWorkerOptions,
  getDocument,
  type PDFDocumentProxy,
  type RenderTask,
} from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { useEffect, useRef, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Spinner } from '../../ui/Spinner.tsx';
import { placeOfRecord, useFileUrl } from '../files/source.ts';
import './viewer.css';

GlobalWorkerOptions.workerSrc = workerUrl;

/** More pages have no room of their own here; the file has them. */
const PAGES_MAX = 1_000;
/** CSS pixels. */
const WIDEST = 900;
/** Of one drawn page and of one picture in it, pixels: a page may claim any size. */
const PAGE_PIXELS = 8_000_000;
const IMAGE_PIXELS = 50_000_000;
const PATIENCE_MS = 60_000;

type State =
  | { readonly type: 'loading' }
  | { readonly type: 'there'; readonly document: PDFDocumentProxy; readonly shape: number }
  | { readonly type: 'failed'; readonly locked: boolean };

export default function PdfView({
  record,
  file,
}: {
  readonly record: MessageRecord;
  readonly file: MessageFile;
}) {
  const url = useFileUrl(placeOfRecord(record), file.fileId);
  const [turn, setTurn] = useState(0);
  const state = useDocument(url, turn);
  switch (state.type) {
    case 'loading':
      return (
        <div className="kith-viewer-none">
          <Spinner size={28} />
        </div>
      );
    case 'failed':
      return (
        <div className="kith-viewer-none" role="status">
          <p>{state.locked ? t('viewer.locked') : t('file.broken')}</p>
          {!state.locked && <Button onClick={() => setTurn(turn + 1)}>{t('common.tryAgain')}</Button>}
        </div>
      );
    case 'there':
      return <Pages document={state.document} shape={state.shape} />;
  }
}

function useDocument(url: string | undefined, turn: number): State {
  const [state, setState] = useState<State>({ type: 'loading' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn asks again.
  useEffect(() => {
    if (url === undefined) return;
    setState({ type: 'loading' });
    let over = false;
    const task = getDocument({
      url,
      // Only what is looked at is fetched, where the server gives parts.
      disableAutoFetch: true,
      disableStream: true,
      enableXfa: false,
      // WebAssembly is not allowed here (Content-Security-Policy); pictures in JPEG 2000 stay white.
      useWasm: false,
      maxImageSize: IMAGE_PIXELS,
      verbosity: 0,
    });
    const timer = setTimeout(() => task.destroy().catch(console.warn), PATIENCE_MS);
    const load = async (): Promise<State> => {
      const document = await task.promise;
      const viewport = (await document.getPage(1)).getViewport({ scale: 1 });
      return { type: 'there', document, shape: viewport.width / viewport.height };
    };
    load().then(
      (next) => {
        clearTimeout(timer);
        if (!over) setState(next);
      },
      (error: unknown) => {
        clearTimeout(timer);
        if (over) return;
        console.warn('A document could not be shown:', error);
        setState({ type: 'failed', locked: error instanceof Error && error.name === 'PasswordException' });
      },
    );
    return () => {
      over = true;
      clearTimeout(timer);
      task.destroy().catch(console.warn);
    };
  }, [url, turn]);
  return state;
}

function Pages({ document, shape }: { readonly document: PDFDocumentProxy; readonly shape: number }) {
  const sheet = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState<ReadonlySet<number>>(new Set());
  const count = Math.min(document.numPages, PAGES_MAX);

  useEffect(() => {
    const root = sheet.current;
    if (!root) return;
    const observer = new IntersectionObserver(
      (entries) =>
        setNear((before) => {
          const next = new Set(before);
          for (const { target, isIntersecting } of entries) {
            const page = Number((target as HTMLElement).dataset['page']);
            if (isIntersecting) next.add(page);
            else next.delete(page);
          }
          return next;
        }),
      { root, rootMargin: '60% 0px' },
    );
    for (const page of root.querySelectorAll('[data-page]')) observer.observe(page);
    return () => observer.disconnect();
  }, []);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever scrolls by keys needs it to have the focus
    <div ref={sheet} className="kith-viewer-pages" tabIndex={0}>
      {Array.from({ length: count }, (_, at) => at + 1).map((number) => (
        <Page
          key={number}
          document={document}
          number={number}
          count={document.numPages}
          shape={shape}
          near={near.has(number)}
        />
      ))}
      {document.numPages > count && <p className="kith-viewer-cut">{t('viewer.pagesCut', { count })}</p>}
    </div>
  );
}

function Page({
  document,
  number,
  count,
  shape,
  near,
}: {
  readonly document: PDFDocumentProxy;
  readonly number: number;
  readonly count: number;
  /** Of the first page: what others take until they are seen. */
  readonly shape: number;
  readonly near: boolean;
}) {
  const room = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [own, setOwn] = useState(shape);

  useEffect(() => {
    const [element, box] = [canvas.current, room.current];
    if (!near || !element || !box) return;
    let task: RenderTask | undefined;
    let over = false;
    const draw = async (): Promise<void> => {
      const page = await document.getPage(number);
      if (over) return;
      const { width, height } = page.getViewport({ scale: 1 });
      setOwn(width / height);
      const wanted = (box.clientWidth * devicePixelRatio) / width;
      const scale = Math.min(wanted, Math.sqrt(PAGE_PIXELS / (width * height)));
      const viewport = page.getViewport({ scale });
      element.width = Math.max(1, Math.floor(viewport.width));
      element.height = Math.max(1, Math.floor(viewport.height));
      task = page.render({ canvas: element, viewport, annotationMode: AnnotationMode.ENABLE });
      await task.promise;
      page.cleanup();
    };
    draw().catch((error: unknown) => {
      if (!over) console.warn(`Page ${number} could not be drawn:`, error);
    });
    return () => {
      over = true;
      task?.cancel();
      // Far pages hold no pixels.
      element.width = 0;
      element.height = 0;
    };
  }, [document, number, near]);

  return (
    <div
      ref={room}
      className="kith-viewer-page"
      data-page={number}
      style={{ aspectRatio: own, maxInlineSize: WIDEST }}
      role="img"
      aria-label={t('viewer.page', { number, count })}
    >
      <canvas ref={canvas} hidden={!near} />
    </div>
  );
}
