/** What slides over the list: new conversation, channel browser, settings. */
import { onDemand } from '../app/onDemand.tsx';
import type { Left } from '../app/route.ts';
import { LaterPane } from '../later/LaterPane.tsx';
import { SecurityPane } from '../security/SecurityPane.tsx';
import { Threads } from '../threads/Threads.tsx';
import { Channels } from './Channels.tsx';
import { NewChannel } from './NewChannel.tsx';
import { NewConversation } from './NewConversation.tsx';
import { NewGroup } from './NewGroup.tsx';
import { Settings } from './Settings.tsx';
import { Share } from './Share.tsx';
import './panels.css';

const SCREENS = {
  new: NewConversation,
  'new-group': NewGroup,
  'new-channel': NewChannel,
  channels: Channels,
  threads: Threads,
  later: LaterPane,
  settings: Settings,
  security: SecurityPane,
  invites: onDemand(() => import('../invites/InvitesPane.tsx')),
  place: onDemand(() => import('../place/PlacePane.tsx')),
  requests: onDemand(() => import('../requests/RequestsPane.tsx')),
  share: Share,
} as const;

export function LeftPane({ left }: { readonly left: Exclude<Left, 'chats'> }) {
  const Screen = SCREENS[left];
  return (
    <div className="kith-left-over" key={left}>
      <Screen />
    </div>
  );
}
