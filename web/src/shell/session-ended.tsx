import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { addresses } from '../address/addresses.ts';
import { useHere } from '../address/here.ts';
import { Link } from '../address/link.tsx';
import { allStale } from '../api/all-stale.ts';
import { sessionQuery } from '../api/session.ts';
import { Note } from '../ui/note.tsx';

/** Whether somebody was signed in on this page, and is no more: by another tab, by others, or by time. */
export function useSessionEnded(isSignIn: boolean): boolean {
  const client = useQueryClient();
  const { data } = useQuery(sessionQuery);
  const user = data?.user?.id ?? null;
  const [known, setKnown] = useState<number | null>(null);
  // Whoever signs out here leaves nothing behind.
  const last = data === undefined || isSignIn ? null : (user ?? known);
  if (last !== known) setKnown(last);
  const ended = last !== null && user === null;
  const had = useRef(false);
  useEffect(() => {
    // It may be somebody else who has come, and nothing was followed meanwhile.
    if (had.current && user !== null) void allStale(client);
    had.current = ended;
  }, [client, ended, user]);
  return ended;
}

/** Above a page that stays as it was. */
export function SessionEnded() {
  const here = useHere();
  return (
    <div role="status">
      <Note tone="waiting">
        Your session has ended, and what stands here is as it was then.{' '}
        <Link href={addresses.signIn(here)}>Sign in again</Link>; to keep what you have typed, do it in
        another tab and come back.
      </Note>
    </div>
  );
}
