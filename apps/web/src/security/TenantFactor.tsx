/** For the owner: of whom a second factor is asked. */
import type { Output } from '@kith/protocol';
import { useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { Choice, Section } from '../ui/Choice.tsx';
import { useRun } from '../ui/useRun.ts';
import { confirmed } from './confirmed.ts';

type Demand = Output<'getTenantSecurity'>['secondFactor'];

export function TenantFactor({ onChange }: { readonly onChange: () => void }) {
  const client = useClient();
  const [demand, setDemand] = useState<Demand | null>(null);
  const [busy, run] = useRun();
  useEffect(() => {
    let over = false;
    client.security.ofTenant().then(
      ({ secondFactor }) => over || setDemand(secondFactor),
      (error: unknown) => console.warn('What is asked of people is not known:', error),
    );
    return () => {
      over = true;
    };
  }, [client]);
  if (demand === null) return null;
  const change = (secondFactor: Demand): void =>
    run(async () => {
      if (!(await confirmed(() => client.security.updateTenant({ secondFactor })))) return;
      setDemand(secondFactor);
      onChange();
    });
  return (
    <Section title={t('factors.tenant')}>
      <Choice
        legend={t('factors.tenant')}
        bare
        value={demand}
        disabled={busy}
        onChange={change}
        options={[
          { value: 'off', label: t('factors.tenantOff') },
          { value: 'admins', label: t('factors.tenantAdmins') },
          { value: 'everyone', label: t('factors.tenantEveryone'), hint: t('factors.tenantHint') },
        ]}
      />
    </Section>
  );
}
