import type { QueryClient } from '@tanstack/react-query';
import { type ComponentType, lazy } from 'react';
import { graphQuery } from '../pages/pipeline/queries.ts';
import { type Pattern, PATTERNS, type Scope } from './patterns.ts';

export type { Scope } from './patterns.ts';

/** What a page is told of its address: `fullPath` of the project or group, and what its pattern names. */
export interface PageProps {
  /** Whose page it is: of a project, a group, or of the server. */
  scope: Scope;
  fullPath: string;
  params: Readonly<Record<string, string>>;
}
/** Asks for what a page shows, before it is here itself. */
type Ask = (client: QueryClient, props: PageProps) => void;

export interface PageRoute extends Pattern {
  /** The page: one that is not here yet suspends. */
  pageNow: () => ComponentType<PageProps>;
  /** Fetches the page before it is shown; resolved when it is here, or cannot be had. */
  expect: () => Promise<void>;
  ask: Ask;
}

const PAGES = import.meta.glob<{ default: ComponentType<PageProps> }>('../pages/*/page.tsx');

const ASKS: Readonly<Record<string, Ask | undefined>> = {
  pipeline: (client, { fullPath, params }) =>
    void client.prefetchQuery(graphQuery(fullPath, Number(params.id))),
};

const ROUTES: readonly PageRoute[] = PATTERNS.map((each) => {
  const load = PAGES[`../pages/${each.page}/page.tsx`];
  if (!load) throw new Error(`there is no page ${each.page}`);
  let here: ComponentType<PageProps> | null = null;
  const later = lazy(load);
  return {
    ...each,
    // React shows what stands in for a page for 0.3 s at least: never for one that is here.
    pageNow: () => here ?? later,
    expect: () =>
      load().then(
        (loaded) => {
          here = loaded.default;
        },
        () => {},
      ),
    ask: ASKS[each.page] ?? (() => {}),
  };
});

/** The page of an address, its project or group, and its named parts decoded; null when none fits. */
export function findPage(path: string): { route: PageRoute; props: PageProps } | null {
  for (const each of ROUTES) {
    const groups = each.pattern.exec(path)?.groups;
    if (groups === undefined && !each.pattern.test(path)) continue;
    const params = Object.fromEntries(
      Object.entries(groups ?? {}).map(([name, value]) => [name, decoded(value ?? '')]),
    );
    return { route: each, props: { scope: each.scope, fullPath: params.fullPath ?? '', params } };
  }
  return null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
