/** Keys that programs of the place have: made, made anew and revoked by its owner, each shown once. */
import { EllipsisVertical, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useClient } from '../app/client.tsx';
import { ago, useMinute } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { confirmed } from '../security/confirmed.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import { KeyDialog } from './KeyDialog.tsx';
import { ShownKey } from './ShownKey.tsx';
import type { Place } from './usePlace.ts';

type Key = NonNullable<Place['apiKeys']>[number];

export function KeySection({
  keys,
  onChange,
}: {
  readonly keys: readonly Key[];
  readonly onChange: () => void;
}) {
  const client = useClient();
  const [making, setMaking] = useState(false);
  const [asking, setAsking] = useState<{ readonly what: 'rotate' | 'revoke'; readonly of: Key } | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const show = (key: string): void => {
    setMaking(false);
    setShown(key);
    onChange();
  };
  const run = async (): Promise<void> => {
    if (!asking) return;
    const { what, of } = asking;
    await confirmed(async () => {
      if (what === 'rotate') show((await client.tenant.rotateApiKey(of.id)).key);
      else {
        await client.tenant.revokeApiKey(of.id);
        onChange();
      }
    });
  };
  return (
    <Section title={t('place.keys')}>
      <ul aria-label={t('place.keys')}>
        {keys.map((key) => (
          <li key={key.id}>
            <KeyRow
              of={key}
              onRotate={() => setAsking({ what: 'rotate', of: key })}
              onRevoke={() => setAsking({ what: 'revoke', of: key })}
            />
          </li>
        ))}
      </ul>
      <div className="kith-security-body">
        <p className="kith-security-text">
          {t('place.keysText')} {keys.length === 0 && t('place.keysNone')}
        </p>
        <div className="kith-security-ways">
          <Button onClick={() => setMaking(true)}>{t('place.keyMake')}</Button>
        </div>
      </div>
      {making && <KeyDialog onMade={show} onClose={() => setMaking(false)} />}
      {shown !== null && <ShownKey value={shown} onClose={() => setShown(null)} />}
      {asking && (
        <Confirm
          title={t(asking.what === 'rotate' ? 'place.keyRotateAsk' : 'place.keyRevokeAsk', {
            name: asking.of.name,
          })}
          text={t(asking.what === 'rotate' ? 'place.keyRotateText' : 'place.keyRevokeText')}
          verb={t(asking.what === 'rotate' ? 'place.keyRotate' : 'place.keyRevoke')}
          onConfirm={run}
          onClose={() => setAsking(null)}
        />
      )}
    </Section>
  );
}

function KeyRow({
  of,
  onRotate,
  onRevoke,
}: {
  readonly of: Key;
  readonly onRotate: () => void;
  readonly onRevoke: () => void;
}) {
  const now = useMinute();
  const { name, scopes, usedAt } = of;
  return (
    <div className="kith-session">
      <KeyRound size={20} strokeWidth={1.75} aria-hidden="true" />
      <span className="kith-person-lines">
        <span>
          <bdi>{name}</bdi>
        </span>
        <small className="kith-dotted">
          <span>
            {usedAt === null
              ? t('place.keyUnused')
              : t('place.keyUsed', { when: ago(Date.parse(usedAt), Math.max(now, Date.now())) })}
          </span>
          {scopes.map((scope) => (
            <span key={scope}>{t(`place.scope.${scope}`)}</span>
          ))}
        </small>
      </span>
      <Menu trigger={<IconButton icon={EllipsisVertical} label={t('place.keyActions', { name })} />}>
        <MenuItem onSelect={onRotate}>{t('place.keyRotate')}</MenuItem>
        <MenuItem danger onSelect={onRevoke}>
          {t('place.keyRevoke')}
        </MenuItem>
      </Menu>
    </div>
  );
}
