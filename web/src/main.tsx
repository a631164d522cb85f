import { startTransition, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './theme.css';
import { App, client } from './app.tsx';
import { forgetTypedElsewhere } from './address/typed.ts';
import { askFirst } from './ask-first.ts';
import { showTheme } from './shell/theme.ts';

showTheme();
forgetTypedElsewhere();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
// As a transition: what is drawn at first is drawn in slices too.
const show = () =>
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  );
// Not awaited here: the page is made of this module too, and would wait for it.
void askFirst(client, window.location.pathname).then(show);
