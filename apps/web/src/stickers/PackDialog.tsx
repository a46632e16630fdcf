/** A pack of stickers: looked at, installed or removed; its maker adds and takes out. Loaded when first asked for. */
import { KithError } from '@kith/client';
import type { Sticker, StickerPack } from '@kith/protocol';
import { newId } from '@kith/protocol/ids';
import { X } from 'lucide-react';
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useMyId } from '../app/people.ts';
import { errorText } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { shrink } from '../picker/shrink.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toastError } from '../ui/toast.ts';
import { closePack, type PackDialog as Opened, openPack, refreshPacks } from './packs.ts';
import './stickers.css';
import '../emoji/emoji.css';

export default function PackDialog({ opened }: { readonly opened: Opened }) {
  return opened.type === 'create' ? <Create /> : <View key={opened.packId} packId={opened.packId} />;
}

function Create() {
  const client = useClient();
  const [name, setName] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  // One pack, however often the button is pressed on a bad line.
  const [packId] = useState(newId);
  const create = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return setError(t('sticker.nameMissing'));
    setBusy(true);
    try {
      await client.request('createStickerPack', { packId, name });
      await refreshPacks(client);
      openPack({ type: 'view', packId });
    } catch (problem) {
      setError(errorText(problem));
      setBusy(false);
    }
  };
  return (
    <Dialog open onClose={closePack} title={t('sticker.newPack')} size="s">
      <form className="kith-form" onSubmit={(event) => void create(event)} noValidate>
        <TextField
          label={t('sticker.packName')}
          maxLength={80}
          value={name}
          error={error}
          onChange={(event) => {
            setName(event.target.value);
            setError(undefined);
          }}
        />
        <div className="kith-form-end">
          <Button kind="primary" type="submit" busy={busy}>
            {t('sticker.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface Whole {
  readonly pack: StickerPack;
  readonly stickers: readonly Sticker[];
}

function View({ packId }: { readonly packId: string }) {
  const client = useClient();
  const myId = useMyId();
  const [whole, setWhole] = useState<Whole>();
  const [failed, setFailed] = useState<string>();
  const [busy, setBusy] = useState(false);
  const load = useCallback(async () => {
    try {
      setWhole(await client.request('getStickerPack', { packId }));
    } catch (error) {
      const gone = error instanceof KithError && error.code === 'not_found';
      setFailed(gone ? t('sticker.gone') : errorText(error));
    }
  }, [client, packId]);
  useEffect(() => void load(), [load]);

  const change = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
      await Promise.all([load(), refreshPacks(client)]);
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  const pack = whole?.pack;
  const own = pack !== undefined && pack.ownerId === myId;
  return (
    <Dialog
      open
      onClose={closePack}
      title={pack?.name ?? t('picker.stickers')}
      {...(pack && { description: t('sticker.count', { count: pack.count }) })}
      footer={
        pack && (
          <Button
            kind={pack.installed ? 'plain' : 'primary'}
            busy={busy}
            wide
            onClick={() =>
              void change(() =>
                client.request(pack.installed ? 'uninstallStickerPack' : 'installStickerPack', { packId }),
              )
            }
          >
            {pack.installed ? t('sticker.uninstall') : t('sticker.install')}
          </Button>
        )
      }
    >
      {failed && <p className="kith-pack-empty">{failed}</p>}
      {!whole && !failed && (
        <span className="kith-emoji-wait">
          <Spinner />
        </span>
      )}
      {whole && !own && whole.stickers.length === 0 && (
        <p className="kith-pack-empty">{t('sticker.emptyPack')}</p>
      )}
      {whole && (
        <ul className="kith-sticker-grid">
          {whole.stickers.map((sticker) => (
            <li key={sticker.id} className="kith-sticker-cell">
              <img src={client.blobs.url(sticker.blobId)} alt={`${sticker.emoji} ${sticker.alt}`} />
              {own && (
                <button
                  type="button"
                  className="kith-sticker-remove"
                  aria-label={t('sticker.remove', { alt: sticker.alt })}
                  onClick={() =>
                    void change(() => client.request('removeSticker', { packId, stickerId: sticker.id }))
                  }
                >
                  <X size={14} strokeWidth={2} aria-hidden="true" />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {own && <AddSticker packId={packId} onAdded={() => Promise.all([load(), refreshPacks(client)])} />}
    </Dialog>
  );
}

function AddSticker({
  packId,
  onAdded,
}: {
  readonly packId: string;
  readonly onAdded: () => Promise<unknown>;
}) {
  const client = useClient();
  const [file, setFile] = useState<File>();
  // One sticker, however often the button is pressed on a bad line.
  const [stickerId, setStickerId] = useState(newId);
  const [emoji, setEmoji] = useState('🙂');
  const [alt, setAlt] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const preview = usePreview(file);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (!file || alt.trim() === '')
      return setError(file ? t('sticker.altMissing') : t('sticker.fileMissing'));
    setBusy(true);
    setError(undefined);
    try {
      const { id: blobId } = await client.blobs.upload(await shrink(file, 'sticker'), 'sticker');
      await client.request('addSticker', { packId, stickerId, blobId, emoji: emoji.trim(), alt });
      setStickerId(newId());
      setFile(undefined);
      setAlt('');
      await onAdded();
    } catch (problem) {
      setError(errorText(problem));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="kith-pack-form" onSubmit={(event) => void add(event)} noValidate>
      <label className="kith-pack-new">
        {preview ? (
          <img className="kith-pack-preview" src={preview} alt="" />
        ) : (
          <span className="kith-pack-preview" />
        )}
        <span>{t('sticker.choose')}</span>
        <input
          type="file"
          className="kith-hidden"
          accept="image/png,image/jpeg,image/webp,image/gif"
          onChange={(event) => setFile(event.target.files?.[0])}
        />
      </label>
      {file && (
        <>
          <TextField
            label={t('sticker.alt')}
            maxLength={80}
            value={alt}
            onChange={(event) => setAlt(event.target.value)}
          />
          <TextField
            label={t('sticker.emoji')}
            maxLength={34}
            value={emoji}
            onChange={(event) => setEmoji(event.target.value)}
          />
        </>
      )}
      {error && (
        <p className="kith-field-note" data-error="" role="alert">
          {error}
        </p>
      )}
      {file && (
        <div className="kith-form-end">
          <Button kind="primary" type="submit" busy={busy}>
            {t('sticker.add')}
          </Button>
        </div>
      )}
    </form>
  );
}

/** An address of the chosen picture, for as long as it is chosen. */
function usePreview(file: File | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file) return setUrl(undefined);
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}
