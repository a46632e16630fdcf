import type { ConversationEntry } from '@kith/client';
import type { User } from '@kith/protocol';
import { useEffect, useMemo, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { toast } from '../ui/toast.ts';
import { useRun } from '../ui/useRun.ts';
import { PaneFrame } from './PaneFrame.tsx';
import { PeoplePicker } from './PeoplePicker.tsx';

export function AddPeople({
  entry,
  onDone,
}: {
  readonly entry: ConversationEntry;
  readonly onDone: () => void;
}) {
  const client = useClient();
  const [chosen, setChosen] = useState<readonly User[]>([]);
  const [busy, run] = useRun();
  const inIt = useMemberIds(entry.id);
  const add = () =>
    run(async () => {
      await client.conversations.addMembers(
        entry.id,
        chosen.map((user) => user.id),
      );
      const [first, second] = chosen;
      toast(
        first && !second
          ? t('details.addedName', { name: first.displayName })
          : t('details.added', { count: chosen.length }),
      );
      onDone();
    });
  return (
    <PaneFrame
      title={t('details.addPeople')}
      exit={{ kind: 'back', label: t('details.backToDetails'), run: onDone }}
      foot={
        <Button kind="primary" wide busy={busy} disabled={chosen.length === 0} onClick={add}>
          {chosen.length > 1 ? t('details.addSome', { count: chosen.length }) : t('details.add')}
        </Button>
      }
    >
      <PeoplePicker chosen={chosen} onChange={setChosen} except={inIt} first />
    </PaneFrame>
  );
}

/** Who is in it, as far as one page tells: adding somebody twice does no harm, the rows are only fewer. */
function useMemberIds(conversationId: string): ReadonlySet<string> {
  const client = useClient();
  const [ids, setIds] = useState<readonly string[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    client
      .request('listMembers', { conversationId, limit: 200 }, { signal: stop.signal })
      .then(({ members }) => !stop.signal.aborted && setIds(members.map((member) => member.userId)))
      .catch(() => undefined);
    return () => stop.abort();
  }, [client, conversationId]);
  return useMemo(() => new Set(ids), [ids]);
}
