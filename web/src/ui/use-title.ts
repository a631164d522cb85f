import { useEffect } from 'react';
import { withoutTurning } from './unseen.ts';

/** The title of the page, and of its tab: `parts` from the narrowest to the widest. */
export function useTitle(...parts: (string | null | undefined)[]): void {
  const title = withoutTurning([...parts.filter(Boolean), 'Jobyard'].join(' · '));
  useEffect(() => {
    document.title = title;
  }, [title]);
}
