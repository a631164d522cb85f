import { useEffect } from 'react';

/** The title of the page, and of its tab: `parts` from the narrowest to the widest. */
export function useTitle(...parts: (string | null | undefined)[]): void {
  const title = [...parts.filter(Boolean), 'Jobyard'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
