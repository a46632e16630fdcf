import type { SystemEvent } from '@kith/protocol';

/** What happened, in one short line. `name` gives a person's name, and "You" for whoever looks. */
export function systemLine(event: SystemEvent, by: string, name: (userId: string) => string): string {
  const who = name(by);
  const whom = (id: string): string => (name(id) === 'You' ? 'you' : name(id));
  switch (event.type) {
    case 'created':
      return `${who} created this conversation`;
    case 'renamed':
      return `${who} renamed it to ${event.name}`;
    case 'topic_changed':
      return event.topic ? `${who} set the topic: ${event.topic}` : `${who} removed the topic`;
    case 'history_changed':
      return event.history === 'all'
        ? `${who} opened the history to new members`
        : `${who} closed the history to new members`;
    case 'visibility_changed':
      return event.visibility === 'public'
        ? `${who} made the channel public`
        : `${who} made the channel private`;
    case 'joined':
      return `${who} joined`;
    case 'left':
      return `${who} left`;
    case 'added': {
      const [first, ...more] = event.userIds;
      return `${who} added ${first ? whom(first) : 'people'}${more.length > 0 ? ` and ${more.length} more` : ''}`;
    }
    case 'removed':
      return `${who} removed ${whom(event.userId)}`;
    case 'role_changed':
      return event.role === 'admin'
        ? `${who} made ${whom(event.userId)} an admin`
        : `${who} made ${whom(event.userId)} a member`;
    case 'ownership_transferred':
      return `${who} handed the conversation over to ${whom(event.userId)}`;
  }
}
