import { KithError, limits } from '@kith/client';
import type { PresenceSetting } from '@kith/protocol';
import { LogOut } from 'lucide-react';
import { type FormEvent, useState, useSyncExternalStore } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { isApple, modKey, pointerFine, useMedia } from '../app/media.ts';
import { back } from '../app/route.ts';
import { leave } from '../app/session.ts';
import { theme } from '../theme/theme.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Choice, Section, Segments } from '../ui/Choice.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { PaneFrame } from './PaneFrame.tsx';
import { Sessions } from './Sessions.tsx';

export function Settings() {
  const chosenTheme = useSyncExternalStore(theme.subscribe, theme.get);
  const keyboard = useMedia(pointerFine);
  return (
    <PaneFrame title="Settings" exit={{ kind: 'back', label: 'Back', run: () => back({ left: 'chats' }) }}>
      <Profile />
      <Section title="Appearance">
        <Segments
          legend="Theme"
          value={chosenTheme}
          onChange={theme.set}
          options={[
            { value: 'system', label: 'System', hint: 'As this device is set' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
            { value: 'contrast', label: 'Contrast', hint: 'High contrast' },
          ]}
        />
      </Section>
      <PresenceSection />
      <Sessions />
      {keyboard && (
        <Section title="Keyboard">
          <Keys />
        </Section>
      )}
      <SignOut />
    </PaneFrame>
  );
}

function SignOut() {
  const client = useClient();
  const [asking, setAsking] = useState(false);
  const press = (): void => {
    // Nothing stays on this device, so what has not left it would be gone.
    const unsent = client.conversations.list
      .get()
      .some(({ pending }) => pending?.state === 'pending' || pending?.state === 'failed');
    if (unsent) setAsking(true);
    else void leave(client);
  };
  return (
    <div className="kith-section">
      <Button kind="danger-quiet" wide onClick={press}>
        <LogOut size={18} strokeWidth={1.75} aria-hidden="true" />
        Sign out
      </Button>
      {asking && (
        <Confirm
          title="Not everything is sent"
          text="Some messages you wrote have not left this device. Signing out deletes them."
          verb="Sign out and delete"
          onConfirm={() => leave(client)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

function Profile() {
  const client = useClient();
  const me = useReadable(client.me);
  // Only what differs is held here; the name itself stays in the store.
  const [draft, setDraft] = useState<string | null>(null);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  if (!me) return null;
  const { user } = me;
  const changed = draft !== null && draft.trim() !== user.displayName;

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (draft === null) return;
    if (draft.trim() === '') return setError('Enter your name.');
    setBusy(true);
    try {
      await client.updateProfile({ displayName: draft });
      setDraft(null);
      toast('Your name is changed.');
    } catch (problem) {
      const field = problem instanceof KithError && problem.fields?.[0];
      if (field) setError(field.message);
      else toastError(problem);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="kith-profile" onSubmit={(event) => void save(event)} noValidate>
      <div className="kith-profile-face">
        <Avatar id={user.id} name={draft || user.displayName} size={64} />
        <span className="kith-person-lines">
          <b>{user.displayName}</b>
          <small>@{user.username}</small>
        </span>
      </div>
      <TextField
        label="Name"
        maxLength={limits.nameLength}
        autoComplete="name"
        value={draft ?? user.displayName}
        error={error}
        onChange={(event) => {
          setDraft(event.target.value);
          setError(undefined);
        }}
      />
      {changed && (
        <div className="kith-form-end">
          <Button onClick={() => setDraft(null)}>Cancel</Button>
          <Button kind="primary" type="submit" busy={busy}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}

function PresenceSection() {
  const client = useClient();
  const me = useReadable(client.me);
  if (!me) return null;
  const set = (presence: PresenceSetting): void => {
    client.updateSettings({ presence }).catch((error: unknown) => toastError(error, () => set(presence)));
  };
  return (
    <Section title="Presence">
      <Choice
        legend="Others see you as"
        value={me.settings.presence}
        onChange={set}
        options={[
          { value: 'auto', label: 'Online while you are here', hint: 'Away when nobody is at your devices.' },
          { value: 'away', label: 'Away' },
          {
            value: 'invisible',
            label: 'Invisible',
            hint: 'Offline for others, last seen when you chose this.',
          },
        ]}
      />
    </Section>
  );
}

const ALT = isApple ? '⌥' : 'Alt';
const KEYS: readonly (readonly [string, readonly string[]])[] = [
  ['Search', [modKey, 'K']],
  ['Conversation above, below', [ALT, '↑ ↓']],
  ['Send', ['Enter']],
  ['New line', ['Shift', 'Enter']],
  ['Edit your last message', ['↑']],
];

function Keys() {
  return (
    <dl className="kith-keys">
      {KEYS.map(([what, keys]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
