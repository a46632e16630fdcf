import '../../src/theme/tokens.css';
import '../../src/theme/base.css';
import '../../src/ui/ui.css';
import '../../src/ui/float.css';
import '../../src/conversation/conversation.css';
import { Profiler, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ClientProvider } from '../../src/app/client.tsx';
import { MyIdContext } from '../../src/app/people.ts';
import { Composer } from '../../src/composer/Composer.tsx';
import { Timeline } from '../../src/timeline/Timeline.tsx';
import { Toaster } from '../../src/ui/Toaster.tsx';
import { TooltipHost } from '../../src/ui/Tooltip.tsx';
import { ids, makeFake } from './fake.ts';
import { special } from './special.ts';

const query = new URLSearchParams(location.search);
const number = (name: string, or: number) => Number(query.get(name) ?? or);
const count = number('count', 300);
const fake = makeFake({
  count,
  kind: query.get('kind') === 'direct' ? 'direct' : 'group',
  unreadFrom: number('unread', 0),
  latency: number('latency', 150),
  page: number('page', 50),
  special: query.has('special') ? special(count) : [],
  endAt: Date.now() - 60_000,
});
const theme = query.get('theme');
if (theme) document.documentElement.dataset['theme'] = theme;
const commits: number[] = [];
Object.assign(window, { fake, commits });

function App() {
  const [jumpTo, setJumpTo] = useState<string | null>(query.get('m'));
  Object.assign(window, { setJumpTo });
  return (
    <ClientProvider client={fake.client}>
      <MyIdContext value={ids.me}>
        <section
          className="kith-conversation"
          style={{ height: '100dvh', background: 'var(--kith-ground)' }}
          aria-label="Conversation"
        >
          <header className="kith-head">
            <strong style={{ paddingInline: 12 }}>Harbour walk</strong>
          </header>
          <Profiler id="timeline" onRender={(_, __, actual) => commits.push(actual)}>
            <Timeline conversationId={ids.conversation} jumpTo={jumpTo} />
          </Profiler>
          <Composer conversationId={ids.conversation} />
        </section>
        <TooltipHost />
        <Toaster />
      </MyIdContext>
    </ClientProvider>
  );
}

createRoot(document.getElementById('root')!).render(
  query.has('strict') ? (
    <StrictMode>
      <App />
    </StrictMode>
  ) : (
    <App />
  ),
);
