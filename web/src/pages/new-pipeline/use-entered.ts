import { useEffect, useState } from 'react';
import { addressNow, forgetTyped, keepTyped, typedBy } from '../../address/typed.ts';
import { type Entered, enteredIn } from './form.ts';

/**
 * What somebody has entered: at first what the address has filled in. It is there again after a reload, for the same person,
 * until the form is left: with a pipeline or without.
 * @param user the id of who is signed in, for as long as the form is there; null: nobody, for whom nothing is kept
 */
export function useEntered(user: number | null): [entered: Entered, change: (next: Entered) => void] {
  const [address] = useState(addressNow);
  const [entered, change] = useState(
    () =>
      (user === null ? null : typedBy<Entered>({ address, user })) ??
      enteredIn(new URLSearchParams(window.location.search)),
  );
  useEffect(() => {
    if (user === null) forgetTyped();
    else keepTyped({ address, user }, entered);
    // A reload does not come by here; to go somewhere else does.
    return forgetTyped;
  }, [address, user, entered]);
  return [entered, change];
}
