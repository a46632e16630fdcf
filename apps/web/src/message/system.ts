/** What happened to a conversation, as a text of the catalog and who and what it names: the list and the timeline say the same. */
import type { SystemEvent } from '@kith/protocol';
import { duration } from '../app/time.ts';
import type { Key } from '../i18n/index.ts';

export interface Deed {
  readonly key: Key;
  /** Ids of people, for `{whom}`. */
  readonly whom: readonly string[];
  /** `{name}`, `{topic}`: what somebody wrote; `{time}`. */
  readonly words: Readonly<Record<string, string>>;
}

type Verb = Extract<Key, `system.${string}.byYou`> extends `system.${infer V}.byYou` ? V : never;
type VerbOfYou = Extract<Key, `system.${string}.toYou`> extends `system.${infer V}.toYou` ? V : never;

const NOBODY: readonly string[] = [];

/** `by`: who did it. Whoever looks is spoken to: languages bend their verbs by it. */
export function deedOf(event: SystemEvent, by: string, meId: string | undefined): Deed {
  const deed = (verb: Verb, words: Deed['words'] = {}): Deed => ({
    key: by === meId ? `system.${verb}.byYou` : `system.${verb}`,
    whom: NOBODY,
    words,
  });
  const to = (verb: VerbOfYou, whom: readonly string[]): Deed => {
    const alone = by !== meId && whom.length === 1 && whom[0] === meId;
    return alone ? { key: `system.${verb}.toYou`, whom: NOBODY, words: {} } : { ...deed(verb), whom };
  };
  switch (event.type) {
    case 'created':
      return deed('created');
    case 'renamed':
      return deed('renamed', { name: event.name });
    case 'topic_changed':
      return event.topic === '' ? deed('topicRemoved') : deed('topic', { topic: event.topic });
    case 'avatar_changed':
      return deed(event.removed ? 'avatarRemoved' : 'avatar');
    case 'history_changed':
      return deed(event.history === 'all' ? 'historyAll' : 'historyJoined');
    case 'visibility_changed':
      return deed(event.visibility === 'public' ? 'madePublic' : 'madePrivate');
    case 'joined':
      return deed('joined');
    case 'left':
      return deed('left');
    case 'added':
      return to('added', event.userIds);
    case 'removed':
      return to('removed', [event.userId]);
    case 'role_changed':
      return to(event.role === 'member' ? 'madeMember' : 'madeAdmin', [event.userId]);
    case 'ownership_transferred':
      return event.userId === by ? deed('becameOwner') : to('handedOver', [event.userId]);
    case 'pinned':
      return deed('pinned');
    case 'disappearing_changed':
      return event.seconds === 0
        ? deed('disappearingOff')
        : deed('disappearingOn', { time: duration(event.seconds) });
  }
}
