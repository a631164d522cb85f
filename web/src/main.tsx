import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './theme.css';
import { findPage } from './address/routes.tsx';
import { sessionQuery } from './api/session.ts';
import { App, client } from './app.tsx';
import { showTheme } from './shell/theme.ts';

showTheme();
// Who looks at it, and the page: neither waits for the other.
void client.prefetchQuery(sessionQuery);
findPage(window.location.pathname)?.route.expect();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
