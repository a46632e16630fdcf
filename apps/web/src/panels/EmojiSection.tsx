/** The custom emoji of this place, for those who may change them: its owner and admins. */
import type { CustomEmoji } from '@kith/protocol';
import { Plus, Trash2 } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { CustomGlyph, useCustomEmoji } from '../emoji/custom.tsx';
import { errorText } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { shrink } from '../picker/shrink.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toast, toastError } from '../ui/toast.ts';

const NAME = /^[a-z0-9_+-]{2,32}$/;

export function EmojiSection() {
  const client = useClient();
  const me = useReadable(client.me);
  const emoji = useCustomEmoji();
  if (me?.user.role !== 'owner' && me?.user.role !== 'admin') return null;
  return (
    <Section title={t('emoji.custom')}>
      <ul className="kith-own-emoji">
        {[...emoji.values()].map((one) => (
          <Row key={one.name} emoji={one} />
        ))}
      </ul>
      <Add />
    </Section>
  );
}

function Row({ emoji: { name } }: { readonly emoji: CustomEmoji }) {
  const client = useClient();
  return (
    <li>
      <span className="kith-own-emoji-picture">
        <CustomGlyph name={name} />
      </span>
      <bdi className="kith-own-emoji-name">:{name}:</bdi>
      <IconButton
        icon={Trash2}
        label={t('emoji.remove', { name })}
        size="s"
        bare
        onClick={() => client.emoji.remove(name).catch(toastError)}
      />
    </li>
  );
}

function Add() {
  const client = useClient();
  const [name, setName] = useState('');
  const [file, setFile] = useState<File>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const choose = (chosen: File | undefined) => {
    setFile(chosen);
    setError(undefined);
    // Most pictures are called what they show.
    if (chosen && name === '') {
      const called = chosen.name
        .replace(/\.[^.]*$/, '')
        .toLowerCase()
        .replace(/[^a-z0-9_+-]+/g, '_');
      setName(called.slice(0, 32));
    }
  };
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (!file) return;
    if (!NAME.test(name)) return setError(t('emoji.nameRule'));
    setBusy(true);
    try {
      await client.emoji.add(name, await shrink(file, 'emoji'));
      toast(t('emoji.added', { name }));
      setName('');
      setFile(undefined);
    } catch (problem) {
      setError(errorText(problem));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="kith-form" onSubmit={(event) => void add(event)} noValidate>
      <input
        ref={input}
        type="file"
        hidden
        accept="image/png,image/jpeg,image/webp,image/gif"
        onChange={(event) => {
          choose(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      {file && (
        <>
          <TextField
            label={t('emoji.name')}
            maxLength={32}
            autoCapitalize="none"
            spellCheck={false}
            value={name}
            error={error}
            onChange={(event) => {
              setName(event.target.value);
              setError(undefined);
            }}
          />
          <div className="kith-form-end">
            <Button onClick={() => setFile(undefined)}>{t('common.cancel')}</Button>
            <Button kind="primary" type="submit" busy={busy}>
              {t('emoji.add')}
            </Button>
          </div>
        </>
      )}
      {!file && (
        <Button wide onClick={() => input.current?.click()}>
          <Plus size={18} strokeWidth={1.75} aria-hidden="true" />
          {t('emoji.add')}
        </Button>
      )}
    </form>
  );
}
