import { useQuery } from '@tanstack/react-query';
import { type ReactNode, Suspense, useState } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { Redirect } from 'wouter';
import { usePathname } from 'wouter/use-browser-location';
import { projectQuery } from '../api/abilities.ts';
import { LivenessContext, useEventStream } from '../api/live.ts';
import { isStatus } from '../api/problem.ts';
import { sessionQuery } from '../api/session.ts';
import { addresses } from '../address/addresses.ts';
import { here } from '../address/here.ts';
import { findPage, type PageProps, type PageRoute } from '../address/routes.tsx';
import { groupQuery } from '../pages/group/queries.ts';
import { Skeleton } from '../ui/note.tsx';
import { NotFound } from '../ui/not-found.tsx';
import { OfPageContext } from '../ui/of-page.ts';
import { Problem } from '../ui/problem.tsx';
import { Commands } from './commands.tsx';
import { FetchAhead } from './fetch-ahead.tsx';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';
import { SessionEnded, useSessionEnded } from './session-ended.tsx';
import css from './shell.module.css';
import { ShortcutSheet, useShortcuts } from './shortcuts.tsx';

/** Header, navigation and the page of the address; one event stream for all of it. */
export function Shell() {
  const path = usePathname();
  const session = useQuery(sessionQuery);
  const found = findPage(path);
  const isSignIn = found?.route.section === 'sign-in';
  const fullPath = found?.route.scope === 'project' ? found.props.fullPath : null;
  const project = useQuery({
    ...projectQuery(fullPath ?? ''),
    enabled: fullPath !== null,
  });
  const ended = useSessionEnded(isSignIn);
  // What is known is followed, also where it could not be fetched anew. Of a project that is gone, or not for this person
  // any more, the stream of the server tells that it is back.
  const isThere = fullPath === null || project.data !== undefined;
  const live = session.data !== undefined && !isSignIn && !ended && isThere;
  const liveness = useEventStream(isStatus(project.error, 404) ? null : fullPath, live);
  if (session.data === undefined) {
    if (!session.isError) return <div className={css.waiting} />;
    return (
      <main className={css.page}>
        <Problem error={session.error} retry={() => void session.refetch()} />
      </main>
    );
  }
  if (isSignIn) return <main className={css.bare}>{page(found, path)}</main>;
  if (session.data.user === null && !ended && needsUser(path))
    return <Redirect to={addresses.signIn(here())} replace />;
  return (
    <LivenessContext value={liveness}>
      <a href="#page" className={css.skip}>
        Skip to the page
      </a>
      <Header fullPath={found?.props.fullPath ?? ''} scope={found?.route.scope ?? 'server'} />
      {found && (
        <Navigation scope={found.route.scope} fullPath={found.props.fullPath} section={found.route.section} />
      )}
      <main id="page" tabIndex={-1} className={css.page}>
        {ended && (
          <div className={css.ended}>
            <SessionEnded />
          </div>
        )}
        <OfPageContext value={ended ? <SessionEnded /> : null}>{page(found, path)}</OfPageContext>
      </main>
      <Keyboard />
    </LivenessContext>
  );
}

/** Of all else, the server says who may see it. */
const needsUser = (path: string) => /^\/(admin|dashboard|projects\/new|groups\/new|-\/)/.test(path);

function page(found: { route: PageRoute; props: PageProps } | null, path: string): ReactNode {
  if (!found) return <NotFound />;
  const { route, props } = found;
  const shown = <Page key={`${route.pattern.source} ${props.fullPath}`} route={route} props={props} />;
  return (
    // What a page throws stays within it; another address tries again.
    <ErrorBoundary
      resetKeys={[path]}
      fallbackRender={({ error }) => <Problem error={error} retry={() => window.location.reload()} />}
    >
      <Suspense fallback={<Skeleton />}>
        {route.scope === 'project' ? (
          <InProject fullPath={props.fullPath} isOverview={route.section === 'overview'}>
            {shown}
          </InProject>
        ) : (
          shown
        )}
        <FetchAhead />
      </Suspense>
    </ErrorBoundary>
  );
}

/** The page as it was found at first: one that was waited for stays what it is. */
function Page({ route, props }: { route: PageRoute; props: PageProps }) {
  const [Shown] = useState(() => route.pageNow());
  return <Shown {...props} />;
}

/** No page of a project says in its own words that there is no such project. */
function InProject({
  fullPath,
  isOverview,
  children,
}: {
  fullPath: string;
  isOverview: boolean;
  children: ReactNode;
}) {
  const project = useQuery(projectQuery(fullPath));
  if (!isStatus(project.error, 404)) return children;
  return isOverview ? <SubgroupOrNothing fullPath={fullPath} /> : <NotFound />;
}

/** `/acme/tools` may be a subgroup's address as well as a project's. */
function SubgroupOrNothing({ fullPath }: { fullPath: string }) {
  const group = useQuery(groupQuery(fullPath));
  if (group.isPending) return <Skeleton />;
  if (group.data) return <Redirect to={addresses.group(fullPath)} replace />;
  if (isStatus(group.error, 404)) return <NotFound />;
  return <Problem error={group.error} retry={() => void group.refetch()} />;
}

function Keyboard() {
  useShortcuts();
  return (
    <>
      <Commands />
      <ShortcutSheet />
    </>
  );
}
