import { SearchX } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { useUser } from '../../api/session.ts';
import { Empty } from '../../ui/note.tsx';

/** Nothing is there, or nothing that this person may see: the server does not say which. */
export function NotFound() {
  const user = useUser();
  return (
    <Empty icon={SearchX} title="Nothing is here">
      It may have been deleted or moved, or you may have no right to see it.{' '}
      {user === null ? (
        <>
          <Link href={addresses.signIn(window.location.pathname)}>Sign in</Link> if you have an account.
        </>
      ) : (
        <>
          Go to <Link href={addresses.home()}>your projects</Link>.
        </>
      )}
    </Empty>
  );
}
