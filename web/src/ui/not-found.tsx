import { useQueryClient } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useEffect } from 'react';
import { addresses } from '../address/addresses.ts';
import { useHere } from '../address/here.ts';
import { Link } from '../address/link.tsx';
import { JUST_NOW_MS } from '../api/asked-at.ts';
import { keys } from '../api/keys.ts';
import { useUser } from '../api/session.ts';
import { Empty } from './note.tsx';
import { useTitle } from './use-title.ts';

/** A page of which nothing is there. */
export function NotFound() {
  useTitle('Not found');
  return <NothingHere />;
}

/** Nothing is there, or nothing that this person may see: the server does not say which. */
export function NothingHere() {
  const user = useUser();
  const here = useHere();
  const client = useQueryClient();
  // A session that has ended hides what was there a moment ago, unless it has just been asked for.
  useEffect(
    () =>
      void client.invalidateQueries({
        queryKey: keys.session,
        predicate: ({ state }) => Date.now() - state.dataUpdatedAt > JUST_NOW_MS,
      }),
    [client],
  );
  return (
    <Empty icon={SearchX} title="Nothing is here">
      It may have been deleted or moved, or you may have no right to see it.{' '}
      {user === null ? (
        <>
          <Link href={addresses.signIn(here)}>Sign in</Link> if you have an account.
        </>
      ) : (
        <>
          You are signed in as <strong>@{user.username}</strong>: go to{' '}
          <Link href={addresses.home()}>your projects</Link>, or{' '}
          <Link href={addresses.signIn(here)}>sign in as somebody else</Link>.
        </>
      )}
    </Empty>
  );
}
