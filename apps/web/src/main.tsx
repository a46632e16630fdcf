// First of all: this file fixes the order of the layers, whatever else brings styles along. What is drawn from the start and
// in a chunk of its own too has its styles here: the build would else put them in a file before this one.
import './theme/tokens.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { receiveFiles } from './app/files.ts';
import { listenForLaunches } from './app/launch.ts';
import { open } from './app/session.ts';
import { keepUpToDate } from './app/update.ts';
import { trackViewport } from './app/viewport.ts';
import { startLanguage } from './i18n/index.ts';
import './theme/base.css';
import './ui/ui.css';
import './ui/form.css';
import './ui/float.css';
import './list/list.css';
import './app/shell.css';
import './theme/appearance.ts';
import './theme/theme.ts';

trackViewport();
receiveFiles();
listenForLaunches();
void open();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
await startLanguage();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

keepUpToDate();
