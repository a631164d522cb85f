import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './theme.css';
import { App, client } from './app.tsx';
import { askFirst } from './ask-first.ts';
import { showTheme } from './shell/theme.ts';

showTheme();
askFirst(client, window.location.pathname);
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
