import { Lock } from 'lucide-react';
import { usePathname } from 'wouter/use-browser-location';
import { addresses } from '../address/addresses.ts';
import { useHere } from '../address/here.ts';
import { Link } from '../address/link.tsx';
import { findPage } from '../address/routes.tsx';
import type { ApiProblem } from '../api/problem.ts';
import { useUser } from '../api/session.ts';
import { Empty } from './note.tsx';

/** Somebody who is known asks for what that person may not see: which role would do, and who gives it. */
export function Refusal({ problem }: { problem: ApiProblem }) {
  const user = useUser();
  const path = usePathname();
  const here = useHere();
  const { scope = 'server', fullPath = '' } = findPage(path)?.props ?? {};
  return (
    <Empty icon={Lock} title="You may not see this">
      <p>
        {needed(problem, scope === 'server' ? 'this server' : fullPath)} You are signed in as{' '}
        <strong>@{user?.username}</strong>.
      </p>
      <p>
        Ask {ASKED[scope]}, or <Link href={addresses.signIn(here)}>sign in as somebody else</Link>.
      </p>
    </Empty>
  );
}

/** Who gives roles. */
const ASKED = {
  project: 'a maintainer of the project for it',
  group: 'an owner of the group for it',
  server: 'one of its administrators',
};

function needed({ requiredRole, message }: ApiProblem, where: string): string {
  if (requiredRole === null)
    return `The server says “${message}”: it is closed to your role, or to everybody for now.`;
  if (requiredRole === 'admin') return `It is for the administrators of ${where}.`;
  const role = requiredRole.charAt(0).toUpperCase() + requiredRole.slice(1);
  return `It needs the role ${role} in ${where}, or a higher one.`;
}
