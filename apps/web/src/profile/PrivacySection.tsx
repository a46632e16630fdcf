/** What others may see and do, and who is blocked. */
import type { Audience, PrivacySettings } from '@kith/protocol';
import { useClient, useReadable } from '../app/client.tsx';
import { nameOf, useUser } from '../app/people.ts';
import { type Key, t } from '../i18n/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Section, Segments } from '../ui/Choice.tsx';
import { toastError } from '../ui/toast.ts';

const GUARDED: readonly (readonly [keyof PrivacySettings & ('lastSeen' | 'avatar' | 'groups'), Key])[] = [
  ['lastSeen', 'privacy.lastSeen'],
  ['avatar', 'privacy.avatar'],
  ['groups', 'privacy.groups'],
];

export function PrivacySection() {
  const client = useClient();
  const me = useReadable(client.me);
  if (!me) return null;
  const { privacy } = me.settings;
  const set = (change: Partial<PrivacySettings>): void => {
    client
      .updateSettings({ privacy: change })
      .catch((error: unknown) => toastError(error, () => set(change)));
  };
  const audiences = (['everyone', 'contacts', 'nobody'] as const).map((value: Audience) => ({
    value,
    label: t(`privacy.${value}`),
  }));
  return (
    <Section title={t('privacy.title')}>
      <div className="kith-privacy">
        {GUARDED.map(([what, label]) => (
          <Segments
            key={what}
            legend={t(label)}
            value={privacy[what]}
            onChange={(value) => set({ [what]: value })}
            options={audiences}
          />
        ))}
        <p className="kith-pane-note">{t('privacy.contactsHint')}</p>
        <Segments
          legend={t('privacy.receipts')}
          value={privacy.receipts ? 'on' : 'off'}
          onChange={(value) => set({ receipts: value === 'on' })}
          options={[
            { value: 'on', label: t('common.on') },
            { value: 'off', label: t('common.off') },
          ]}
        />
        <p className="kith-pane-note">{t('privacy.receiptsHint')}</p>
      </div>
      <Blocked />
    </Section>
  );
}

function Blocked() {
  const blocks = useReadable(useClient().own.all('block'));
  if (blocks.size === 0) return null;
  return (
    <>
      <h3 className="kith-privacy-heading">{t('privacy.blocked')}</h3>
      <ul>
        {[...blocks.keys()].map((userId) => (
          <BlockedPerson key={userId} userId={userId} />
        ))}
      </ul>
    </>
  );
}

function BlockedPerson({ userId }: { readonly userId: string }) {
  const client = useClient();
  const user = useUser(userId);
  const unblock = (): void => {
    client.setBlocked(userId, false).catch((error: unknown) => toastError(error, unblock));
  };
  return (
    <li className="kith-person">
      <Avatar id={userId} name={nameOf(user) ?? ''} image={user?.avatar?.blobId} size={36} />
      <span className="kith-person-lines">
        <span>{nameOf(user) ?? '…'}</span>
      </span>
      <Button onClick={unblock}>{t('privacy.unblock')}</Button>
    </li>
  );
}
