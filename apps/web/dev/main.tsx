/** The app over the fake client: /dev/?state=empty|loading|offline|waiting|many|auth&left=settings&open=1&panel=1 */
import '../src/theme/tokens.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ClientProvider } from '../src/app/client.tsx';
import { MyIdContext } from '../src/app/people.ts';
import { type Left, navigate } from '../src/app/route.ts';
import { Shell } from '../src/app/Shell.tsx';
import { AuthScreen } from '../src/auth/AuthScreen.tsx';
import { Toaster } from '../src/ui/Toaster.tsx';
import { TooltipHost } from '../src/ui/Tooltip.tsx';
import { anyConversation, fakeClient } from './fakeClient.ts';
import '../src/theme/base.css';
import '../src/ui/ui.css';
import '../src/ui/float.css';
import '../src/list/list.css';
import '../src/app/shell.css';
import '../src/theme/theme.ts';

const asked = new URLSearchParams(location.search);
const state = asked.get('state') ?? '';
const client = fakeClient({
  empty: state === 'empty',
  loading: state === 'loading',
  many: state === 'many',
  connection: state === 'offline' ? 'offline' : state === 'waiting' ? 'waiting' : 'live',
});
const open = asked.get('open');
if (open) navigate({ conversationId: anyConversation(Number(open)) });
if (asked.has('panel')) navigate({ panel: 'info' });
const left = asked.get('left') as Left | null;
if (left) navigate({ left });

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    {state === 'auth' ? (
      <AuthScreen
        {...(asked.has('notice') && { notice: 'You were signed out on this device. Sign in to go on.' })}
      />
    ) : (
      <ClientProvider client={client}>
        <MyIdContext value={client.me.get()!.user.id}>
          <Shell />
        </MyIdContext>
      </ClientProvider>
    )}
    <Toaster />
    <TooltipHost />
  </StrictMode>,
);
