import { addresses } from '../address/addresses.ts';
import { useHere } from '../address/here.ts';
import { Link } from '../address/link.tsx';
import { ApiProblem, isStatus, messageOf } from '../api/problem.ts';
import { useUser } from '../api/session.ts';
import { Button } from './button.tsx';
import { NothingHere } from './not-found.tsx';
import { Note } from './note.tsx';
import css from './note.module.css';
import { Refusal } from './refusal.tsx';

/**
 * What a page shows in place of what it could not load, and what can be done about it: signing in, asking for a role, or
 * trying again where the same may be answered otherwise.
 */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const user = useUser();
  const here = useHere();
  // Some of what a public project has is shown to whoever is signed in, whoever that is.
  if (isStatus(error, 401) || (isStatus(error, 403) && user === null))
    return (
      <Note>
        <Link href={addresses.signIn(here)}>Sign in</Link> to see this.
      </Note>
    );
  if (error instanceof ApiProblem && error.status === 403) return <Refusal problem={error} />;
  if (isStatus(error, 404)) return <NothingHere />;
  return (
    <div className={css.problem}>
      <Note tone="failed">{messageOf(error)}</Note>
      {retry && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}
