import type { QueryClient } from '@tanstack/react-query';
import { findPage } from './address/routes.tsx';
import { abilitiesQuery, projectQuery } from './api/abilities.ts';
import { sessionQuery } from './api/session.ts';

/**
 * Asks at once for all that is known to be needed at an address: who looks at it, the page, what it is about and what it
 * shows. None of it waits for another; whoever uses it finds it here or on its way. Resolved when the page is here.
 */
export async function askFirst(client: QueryClient, path: string): Promise<void> {
  void client.prefetchQuery(sessionQuery);
  const found = findPage(path);
  if (!found || found.route.section === 'sign-in') return await found?.route.expect();
  const { route, props } = found;
  route.ask(client, props);
  if (route.scope === 'project') void client.prefetchQuery(projectQuery(props.fullPath));
  void client.prefetchQuery(abilitiesQuery(route.scope, props.fullPath));
  // Last: a browser asks for six things at a time, and the HTML has named the files of the page.
  await route.expect();
}
