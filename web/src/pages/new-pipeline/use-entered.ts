import { useEffect, useState } from 'react';
import { type Entered, enteredIn } from './form.ts';

/**
 * What is typed is kept by the tab, and by nothing that outlives it or that others see: values may be secret, so they are no
 * part of the address. (A file from an archive has an origin of its own, and no way to it.)
 */
const KEY = 'jobyard:new-pipeline';

/**
 * What somebody has entered: at first what the address has filled in. It is there again after a reload, until the form is
 * left: with a pipeline or without.
 */
export function useEntered(): [entered: Entered, change: (next: Entered) => void] {
  const [address] = useState(() => window.location.pathname + window.location.search);
  const [entered, change] = useState(
    () => keptOf(address) ?? enteredIn(new URLSearchParams(window.location.search)),
  );
  useEffect(() => {
    keep({ address, entered });
    // A reload does not come by here; to go somewhere else does.
    return forget;
  }, [address, entered]);
  return [entered, change];
}

interface Kept {
  /** Of the form: another one is not filled in with it. */
  address: string;
  entered: Entered;
}

function keep(kept: Kept): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // There is no room, or the browser keeps nothing: then a reload begins anew.
  }
}

function keptOf(address: string): Entered | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null;
    return kept?.address === address ? kept.entered : null;
  } catch {
    return null;
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing is kept.
  }
}
