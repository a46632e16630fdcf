// First of all: this file fixes the order of the layers, whatever else brings styles along.
import './theme/tokens.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { registerServiceWorker } from './app/serviceWorker.ts';
import { open } from './app/session.ts';
import { trackViewport } from './app/viewport.ts';
import './theme/base.css';
import './ui/ui.css';
import './ui/float.css';
import './list/list.css';
import './app/shell.css';
import './theme/theme.ts';

trackViewport();
void open();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

registerServiceWorker();
