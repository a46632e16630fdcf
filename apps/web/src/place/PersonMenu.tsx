/** What may be done to somebody here; what cannot be undone by one press is asked about first. */
import { EllipsisVertical } from 'lucide-react';
import { useState } from 'react';
import { useClient } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { confirmed } from '../security/confirmed.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import { toast } from '../ui/toast.ts';
import { useRun } from '../ui/useRun.ts';
import type { TenantPerson } from './PlacePeople.tsx';

type Asked = 'transfer' | 'reset' | 'suspend';

export interface PersonMenuProps {
  readonly person: TenantPerson;
  readonly isOwner: boolean;
  readonly onChange: (person: TenantPerson) => void;
  readonly onTransferred: () => void;
}

export function PersonMenu({ person, isOwner, onChange, onTransferred }: PersonMenuProps) {
  const client = useClient();
  const [asking, setAsking] = useState<Asked | null>(null);
  const [busy, run] = useRun();
  const { user, account, secondFactor, suspendedAt } = person;
  const name = user.displayName;
  const below = user.role === 'member' || user.role === 'guest' || (isOwner && user.role === 'admin');
  if (!account || !below) return null;

  const setRole = (role: 'admin' | 'member'): void =>
    run(async () => {
      const done = await confirmed(async () =>
        onChange({ ...person, user: await client.tenant.setRole(user.id, role) }),
      );
      if (done) toast(t(role === 'admin' ? 'place.madeAdmin' : 'place.madeMember', { name }));
    });
  const restore = (): void =>
    run(async () => {
      if (!(await confirmed(() => client.tenant.restore(user.id)))) return;
      onChange({ ...person, suspendedAt: null });
      toast(t('place.restoreDone', { name }));
    });
  const deeds: Record<Asked, () => Promise<void>> = {
    transfer: async () => {
      const done = await confirmed(async () =>
        onChange({ ...person, user: await client.tenant.transfer(user.id) }),
      );
      if (!done) return;
      onTransferred();
      toast(t('place.transferred', { name }));
    },
    reset: async () => {
      if (!(await confirmed(() => client.tenant.resetFactors(user.id)))) return;
      onChange({ ...person, secondFactor: false });
      toast(t('place.resetDone', { name }));
    },
    suspend: async () => {
      if (!(await confirmed(() => client.tenant.suspend(user.id)))) return;
      onChange({ ...person, suspendedAt: new Date().toISOString() });
      toast(t('place.suspendDone', { name }));
    },
  };
  const full = user.role !== 'guest';
  return (
    <>
      <Menu
        trigger={<IconButton icon={EllipsisVertical} label={t('place.actions', { name })} disabled={busy} />}
      >
        {isOwner && full && (
          <>
            {user.role === 'admin' ? (
              <MenuItem onSelect={() => setRole('member')}>{t('place.makeMember')}</MenuItem>
            ) : (
              <MenuItem onSelect={() => setRole('admin')}>{t('place.makeAdmin')}</MenuItem>
            )}
            {suspendedAt === null && (
              <MenuItem onSelect={() => setAsking('transfer')}>{t('place.transfer')}</MenuItem>
            )}
            <MenuSeparator />
          </>
        )}
        {secondFactor && <MenuItem onSelect={() => setAsking('reset')}>{t('place.reset')}</MenuItem>}
        {suspendedAt === null ? (
          <MenuItem danger onSelect={() => setAsking('suspend')}>
            {t('place.suspend')}
          </MenuItem>
        ) : (
          <MenuItem onSelect={restore}>{t('place.restore')}</MenuItem>
        )}
      </Menu>
      {asking && (
        <Confirm
          title={t(`place.${asking}Ask`, { name })}
          text={t(`place.${asking}Text`)}
          verb={t(`place.${asking}`)}
          onConfirm={deeds[asking]}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}
