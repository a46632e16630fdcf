import type { ConversationEntry } from '@kith/client';
import type { User } from '@kith/protocol';
import { useEffect, useMemo, useState } from 'react';
import { useClient } from '../app/client.tsx';
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
      toast(chosen.length === 1 ? `${chosen[0]?.displayName} added.` : `${chosen.length} people added.`);
      onDone();
    });
  return (
    <PaneFrame
      title="Add people"
      exit={{ kind: 'back', label: 'Back to details', run: onDone }}
      foot={
        <Button kind="primary" wide busy={busy} disabled={chosen.length === 0} onClick={add}>
          {chosen.length > 1 ? `Add ${chosen.length} people` : 'Add'}
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
