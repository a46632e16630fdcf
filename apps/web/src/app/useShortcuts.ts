import { useEffect } from 'react';
import { useClient } from './client.tsx';
import { currentRoute, openConversation } from './route.ts';

/** Alt+↑ and Alt+↓ go to the conversation above and below. (Ctrl+K belongs to the search field, see ListPane.) */
export function useShortcuts(): void {
  const client = useClient();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
      if (by === 0) return;
      event.preventDefault();
      const list = client.conversations.list.get();
      const { conversationId } = currentRoute();
      const at = list.findIndex((entry) => entry.id === conversationId);
      const next = at < 0 ? list[0] : list[at + by];
      // In place: nobody wants to walk back through all they passed.
      if (next) openConversation(next.id, null, { replace: conversationId !== null });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [client]);
}
