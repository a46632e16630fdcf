/** Oneself, in Settings: picture and status are saved at once, words with a button. */
import { limits } from '@kith/client';
import type { User } from '@kith/protocol';
import { Smile } from 'lucide-react';
import { type FormEvent, lazy, Suspense, useId, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { fieldErrors } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { handleText } from '../i18n/words.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { AvatarField } from './AvatarField.tsx';
import { untilText, useStatus } from './status.ts';
import './profile.css';

const StatusDialog = lazy(() => import('./StatusDialog.tsx'));

export function Profile() {
  const client = useClient();
  const me = useReadable(client.me);
  if (!me) return null;
  const { user } = me;
  return (
    <>
      <div className="kith-profile">
        <div className="kith-profile-face">
          <AvatarField
            avatar={{ id: user.id, name: user.displayName, image: user.avatar?.blobId }}
            onChange={(avatar) => client.updateProfile({ avatar })}
          />
          <span className="kith-person-lines">
            <b>
              <bdi>{user.displayName}</bdi>
            </b>
            <small>{handleText(user.username)}</small>
          </span>
        </div>
        <StatusButton user={user} />
      </div>
      <Words user={user} />
    </>
  );
}

function StatusButton({ user }: { readonly user: User }) {
  const status = useStatus(user);
  const [open, setOpen] = useState(false);
  const until = status && untilText(status);
  return (
    <>
      <button type="button" className="kith-status-button" onClick={() => setOpen(true)}>
        <span className="kith-status-emoji">
          {status?.emoji ?? <Smile size={20} strokeWidth={1.75} aria-hidden="true" />}
        </span>
        <span className="kith-person-lines">
          <span dir="auto">{status ? status.text || t('status.title') : t('status.set')}</span>
          {until && <small>{until}</small>}
        </span>
      </button>
      {open && (
        <Suspense fallback={null}>
          <StatusDialog status={status} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

interface Draft {
  readonly displayName?: string;
  readonly username?: string;
  readonly bio?: string;
}

function Words({ user }: { readonly user: User }) {
  const client = useClient();
  const bioId = useId();
  // Only what differs is held here; what is true stays in the store.
  const [draft, setDraft] = useState<Draft>({});
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const now = { displayName: user.displayName, username: user.username, bio: user.bio ?? '' };
  const shown = { ...now, ...draft };
  const change = Object.fromEntries(
    Object.entries(draft).filter(([key, value]) => value.trim() !== now[key as keyof Draft]),
  );
  const changed = Object.keys(change).length > 0;

  const set = (next: Draft): void => {
    setDraft({ ...draft, ...next });
    setWrong({});
  };
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!changed) return;
    if (shown.displayName.trim() === '') return setWrong({ displayName: t('auth.enterName') });
    setBusy(true);
    try {
      await client.updateProfile(change);
      setDraft({});
      toast(t('profile.saved'));
    } catch (problem) {
      const fields = fieldErrors(problem);
      if (fields) setWrong(fields);
      else toastError(problem);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="kith-profile" onSubmit={(event) => void save(event)} noValidate>
      <TextField
        label={t('auth.name')}
        maxLength={limits.nameLength}
        autoComplete="name"
        dir="auto"
        value={shown.displayName}
        error={wrong['displayName']}
        onChange={(event) => set({ displayName: event.target.value })}
      />
      <TextField
        label={t('auth.username')}
        // A guest signs in by nothing.
        {...(user.role !== 'guest' && { hint: t('profile.usernameHint') })}
        maxLength={limits.usernameLength}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        dir="ltr"
        value={shown.username}
        error={wrong['username']}
        onChange={(event) => set({ username: event.target.value.toLowerCase() })}
      />
      <div className="kith-field">
        <label htmlFor={bioId}>{t('profile.bio')}</label>
        <div className="kith-field-box">
          <textarea
            id={bioId}
            rows={2}
            maxLength={limits.bioLength}
            dir="auto"
            placeholder={t('profile.bioHint')}
            value={shown.bio}
            onChange={(event) => set({ bio: event.target.value })}
          />
        </div>
        {wrong['bio'] && (
          <p className="kith-field-note" data-error="">
            {wrong['bio']}
          </p>
        )}
      </div>
      {changed && (
        <div className="kith-form-end">
          <Button onClick={() => setDraft({})}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" busy={busy}>
            {t('common.save')}
          </Button>
        </div>
      )}
    </form>
  );
}
