/** Whether one may invite others here: the server says so. Until it has, nothing is offered. */
import { useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useIsGuest } from '../app/people.ts';

export function useMayInvite(): boolean {
  const client = useClient();
  const isGuest = useIsGuest();
  const [may, setMay] = useState(false);
  useEffect(() => {
    if (isGuest) return;
    let over = false;
    client.invites.list({ limit: 1 }).then(
      ({ mayInvite }) => over || setMay(mayInvite),
      (error: unknown) => console.warn('Whether one may invite is not known:', error),
    );
    return () => {
      over = true;
    };
  }, [client, isGuest]);
  return may;
}
