import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { Redirect } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import type { PageProps } from '../../address/routes.tsx';
import { useSearchValue } from '../../address/use-search.ts';
import { isStatus } from '../../api/problem.ts';
import type { PipelineGraph } from '../../api/schema.ts';
import { Skeleton } from '../../ui/note.tsx';
import { lookOf, shownStatus } from '../../ui/status.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useFavicon } from '../../ui/use-favicon.ts';
import { type Shortcut, useShortcutsOf } from '../../ui/use-shortcuts.ts';
import { useTitle } from '../../ui/use-title.ts';
import { NotFound } from '../../ui/not-found.tsx';
import { Problem } from '../../ui/problem.tsx';
import { GraphTab } from './graph/graph-tab.tsx';
import { PipelineHead, titleOf } from './head/pipeline-head.tsx';
import { Problems } from './head/problems.tsx';
import { graphQuery, useFollowGraphs } from './queries.ts';
import { TestsLabel } from './tests/tests-label.tsx';

const JobsTable = lazy(async () => ({ default: (await import('./jobs/jobs-table.tsx')).JobsTable }));
const Timeline = lazy(async () => ({ default: (await import('./timeline/timeline.tsx')).Timeline }));
const TestsTab = lazy(async () => ({ default: (await import('./tests/tests-tab.tsx')).TestsTab }));
const WhyTab = lazy(async () => ({ default: (await import('./why/why-tab.tsx')).WhyTab }));
const YamlTab = lazy(async () => ({ default: (await import('./yaml/yaml-tab.tsx')).YamlTab }));
const VariablesTab = lazy(async () => ({ default: (await import('./variables-tab.tsx')).VariablesTab }));

/** What GitLab's addresses below a pipeline show here. */
const SUB_ADDRESSES: Record<string, string | undefined> = {
  builds: 'jobs',
  failures: 'jobs',
  test_report: 'tests',
  dag: 'needs',
};

/** A pipeline: how it goes, its jobs as a graph, in time and as a table, its tests, and why it is as it is. */
export default function Page({ fullPath, params }: PageProps) {
  const id = Number(params.id);
  const { data: graph, error, refetch } = useQuery(graphQuery(fullPath, id));
  useFollowGraphs(fullPath);
  useFavicon(graph && shownStatus(graph.pipeline));
  useTitle(
    graph && `${lookOf(shownStatus(graph.pipeline)).label}: ${titleOf(graph)} #${id}`,
    graph ? null : `Pipeline #${id}`,
    fullPath,
  );
  if (params.view)
    return <Redirect to={addresses.pipeline(fullPath, id, SUB_ADDRESSES[params.view])} replace />;
  if (isStatus(error, 404) && graph === undefined) return <NotFound />;
  if (graph === undefined)
    return error ? <Problem error={error} retry={() => void refetch()} /> : <Skeleton lines={8} />;
  return (
    <>
      <PipelineHead fullPath={fullPath} graph={graph} />
      <Problems fullPath={fullPath} graph={graph} />
      <Views fullPath={fullPath} graph={graph} />
    </>
  );
}

function Views({ fullPath, graph }: { fullPath: string; graph: PipelineGraph }) {
  const [view, setView] = useSearchValue('view', 'graph');
  const hasVariables = graph.actions.includes('read_variables');
  useShortcutsOf(useMemo(() => shortcutsTo(setView, hasVariables), [setView, hasVariables]));
  const { pipeline } = graph;
  return (
    <Tabs
      name="view"
      label="Views of the pipeline"
      tabs={[
        {
          // By needs is a view of its own in the address, and the same tab.
          value: view === 'needs' ? 'needs' : 'graph',
          label: 'Graph',
          content: <GraphTab fullPath={fullPath} graph={graph} />,
        },
        {
          value: 'timeline',
          label: 'Timeline',
          content: loading(<Timeline fullPath={fullPath} graph={graph} />),
        },
        {
          value: 'jobs',
          label: `Jobs ${graph.jobs.length}`,
          content: loading(<JobsTable fullPath={fullPath} graph={graph} />),
        },
        {
          value: 'tests',
          label: <TestsLabel fullPath={fullPath} pipeline={pipeline.id} />,
          content: loading(<TestsTab fullPath={fullPath} pipeline={pipeline.id} />),
        },
        {
          value: 'why',
          label: 'Why',
          content: loading(<WhyTab fullPath={fullPath} pipeline={pipeline.id} sha={pipeline.sha} />),
        },
        {
          value: 'yaml',
          label: 'Configuration',
          content: loading(<YamlTab fullPath={fullPath} pipeline={pipeline} />),
        },
        ...(hasVariables
          ? [
              {
                value: 'variables',
                label: 'Variables',
                content: loading(<VariablesTab fullPath={fullPath} pipeline={pipeline.id} />),
              },
            ]
          : []),
      ]}
    />
  );
}

/** The digits lead to the views, in the order of their tabs. */
const shortcutsTo = (setView: (view: string) => void, hasVariables: boolean): Shortcut[] =>
  [...VIEWS, ...(hasVariables ? ['variables'] : [])].map((view, index) => ({
    keys: String(index + 1),
    label: `Show ${VIEW_NAMES[view] ?? view}`,
    act: () => setView(view),
  }));
const VIEWS = ['graph', 'timeline', 'jobs', 'tests', 'why', 'yaml'];
const VIEW_NAMES: Record<string, string | undefined> = {
  graph: 'the graph',
  timeline: 'the timeline',
  jobs: 'the jobs',
  tests: 'the tests',
  why: 'why each job is there or not',
  yaml: 'the configuration',
  variables: 'the variables',
};

const loading = (content: ReactNode) => <Suspense fallback={<Skeleton lines={8} />}>{content}</Suspense>;
