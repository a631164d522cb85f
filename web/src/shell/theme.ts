import { keptChoice } from '../ui/kept-choice.ts';

const THEMES = ['system', 'light', 'dark'] as const;
export const chosenTheme = keptChoice('theme', THEMES);

/** Puts the chosen theme on the page, from now on; `system` leaves it to the browser. */
export function showTheme(): void {
  const show = () => {
    const theme = chosenTheme.now();
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  chosenTheme.follow(show);
  show();
}
