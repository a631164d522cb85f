import { useEffect } from 'react';
import { lookOf, type Tone } from './status.tsx';

/** A strip of tabs has the browser's colours, not those of the page: these can be told apart on any. */
const COLOURS: Record<Tone, string> = {
  success: '#1f9d4d',
  failed: '#d93a2f',
  running: '#3b82f6',
  waiting: '#d98a06',
  quiet: '#7b8494',
};
const SIGNS: Record<Tone, string> = {
  success: 'M9 16.5l5 5 9-10',
  failed: 'M11 11l10 10M21 11L11 21',
  running: 'M16 8v8l5 3',
  waiting: 'M12.5 11v10M19.5 11v10',
  quiet: 'M10 16h12',
};

const iconOf = (tone: Tone) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="${COLOURS[tone]}"/>` +
      `<path d="${SIGNS[tone]}" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/></svg>`,
  )}`;

/** While the page is open, its tab shows how this is; without a status it is the app's own icon. */
export function useFavicon(status: string | undefined, allowFailure = false): void {
  const tone = status === undefined ? null : lookOf(status, allowFailure).tone;
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('#favicon');
    if (!link || tone === null) return;
    const own = link.getAttribute('href') ?? '/favicon.svg';
    link.href = iconOf(tone);
    return () => {
      link.href = own;
    };
  }, [tone]);
}
