/** Choosing the part of a picture: drag, pinch, wheel, arrow keys, slider. */
import {
  type Dispatch,
  type KeyboardEvent,
  type PointerEvent,
  type SetStateAction,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useClient } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { toastError } from '../ui/toast.ts';
import { type Crop, dragged, keepInside, MAX_ZOOM, wholeOf, zoomed } from './crop.ts';
import { draw, encode, type Picture } from './picture.ts';

export interface CropDialogProps {
  readonly picture: Picture;
  readonly shape: 'round' | 'square';
  /** Takes the uploaded image into use. */
  readonly onSave: (blobId: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Shares of the side. */
const STEP = 0.05;
const CENTRE = { x: 0, y: 0 };

export default function CropDialog({ picture, shape, onSave, onClose }: CropDialogProps) {
  const client = useClient();
  const [crop, setCrop] = useState<Crop>(() => wholeOf(picture));
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const { id } = await client.blobs.upload(await encode(picture, crop), 'avatar');
      await onSave(id);
      onClose();
    } catch (error) {
      setBusy(false);
      toastError(error, () => void save());
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={t('profile.crop')}
      size="s"
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" busy={busy} onClick={() => void save()}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <Cutting picture={picture} shape={shape} crop={crop} setCrop={setCrop} />
      <label className="kith-crop-zoom">
        <span className="kith-hidden">{t('profile.zoom')}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={Math.log(crop.zoom) / Math.log(MAX_ZOOM)}
          onChange={(event) => {
            const zoom = MAX_ZOOM ** Number(event.target.value);
            setCrop((before) => keepInside({ ...before, zoom }, picture));
          }}
        />
      </label>
    </Dialog>
  );
}

interface CuttingProps extends Pick<CropDialogProps, 'picture' | 'shape'> {
  readonly crop: Crop;
  readonly setCrop: Dispatch<SetStateAction<Crop>>;
}

/** Apart from the dialog, whose inside comes later than itself: effects find the canvas. */
function Cutting({ picture, shape, crop, setCrop }: CuttingProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const fingers = useRef(new Map<number, { x: number; y: number }>());

  useEffect(() => {
    if (canvas.current) draw(canvas.current, picture, crop);
  }, [picture, crop]);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const onWheel = (event: WheelEvent): void => {
      // The page behind must stay: only a listener that is not passive can say so.
      event.preventDefault();
      const at = placeIn(element, event.clientX, event.clientY);
      setCrop((before) => zoomed(before, Math.exp(-event.deltaY / 400), at, picture));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [picture, setCrop]);

  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>): void => {
    const known = fingers.current;
    const before = known.get(event.pointerId);
    if (!before) return;
    const now = placeIn(event.currentTarget, event.clientX, event.clientY);
    const other = [...known].find(([id]) => id !== event.pointerId)?.[1];
    known.set(event.pointerId, now);
    if (!other) return setCrop((crop) => dragged(crop, now.x - before.x, now.y - before.y, picture));
    const middle = (a: typeof now) => ({ x: (a.x + other.x) / 2, y: (a.y + other.y) / 2 });
    const apart = (a: typeof now) => Math.hypot(a.x - other.x, a.y - other.y) || 0.001;
    const [from, to] = [middle(before), middle(now)];
    setCrop((crop) =>
      dragged(zoomed(crop, apart(now) / apart(before), from, picture), to.x - from.x, to.y - from.y, picture),
    );
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step) setCrop((crop) => dragged(crop, step[0] * STEP, step[1] * STEP, picture));
    else if (event.key === '+' || event.key === '=') setCrop((crop) => zoomed(crop, 1.1, CENTRE, picture));
    else if (event.key === '-') setCrop((crop) => zoomed(crop, 1 / 1.1, CENTRE, picture));
    else return;
    event.preventDefault();
  };

  const lift = (event: PointerEvent): void => void fingers.current.delete(event.pointerId);
  return (
    <div className="kith-crop" data-shape={shape}>
      <canvas
        ref={canvas}
        width={640}
        height={640}
        aria-label={t('profile.cropLabel')}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          fingers.current.set(event.pointerId, placeIn(event.currentTarget, event.clientX, event.clientY));
        }}
        onPointerMove={onPointerMove}
        onPointerUp={lift}
        onPointerCancel={lift}
      />
    </div>
  );
}

/** The picture moves as the arrow says. */
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** From the centre, in shares of the side. */
function placeIn(element: Element, clientX: number, clientY: number): { x: number; y: number } {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: (clientX - left) / width - 0.5, y: (clientY - top) / height - 0.5 };
}
