import { useQueries, useQueryClient } from '@tanstack/react-query';
import { keys } from '../../../api/keys.ts';
import type { LinkedPipeline, PipelineGraph } from '../../../api/schema.ts';
import { graphQuery } from '../queries.ts';
import type { Drawn } from './scene-planner.ts';
import { unfoldedPipeline } from './use-unfolded.ts';

/** A pipeline of the picture: where it is, and all of it once it is here. */
export interface Shown {
  fullPath: string;
  graph: PipelineGraph | null;
  /** Null: the pipeline of the page. */
  link: LinkedPipeline | null;
  error: unknown;
}

/** The stream of the page tells of its own project only. */
const OTHERS_MS = 10_000;
/** Pipelines may begin each other in a circle, by hand. */
const DEEPEST = 8;

/** The pipeline of the page with all that is unfolded from it, each fetched by its own graph. */
export function useDrawn(
  fullPath: string,
  graph: PipelineGraph,
  unfolded: ReadonlySet<string>,
): { drawn: Drawn; shown: ReadonlyMap<number, Shown> } {
  const client = useQueryClient();
  const shown = new Map<number, Shown>();
  const walk = (each: Shown, id: number, depth: number): Drawn => {
    shown.set(id, each);
    const links = depth === DEEPEST || each.graph === null ? [] : linksOf(each.graph);
    const children = links
      .filter(({ link }) => unfolded.has(unfoldedPipeline(link.id)) && !shown.has(link.id))
      .map(({ from, link }) => {
        const state = client.getQueryState<PipelineGraph>(keys.graph(link.path_with_namespace, link.id));
        const child: Shown = {
          fullPath: link.path_with_namespace,
          graph: state?.data ?? null,
          link,
          error: state?.error ?? null,
        };
        return { from, drawn: walk(child, link.id, depth + 1) };
      });
    return { id, stages: each.graph?.stages ?? [], jobs: each.graph?.jobs ?? null, children };
  };
  const drawn = walk({ fullPath, graph, link: null, error: null }, graph.pipeline.id, 0);
  // What they bring is read from the cache by the next walk, which may find more to unfold in it.
  useQueries({
    queries: [...shown].flatMap(([id, each]) =>
      each.link === null
        ? []
        : [
            {
              ...graphQuery(each.fullPath, id),
              // Also one that has ended: its jobs may be retried.
              refetchInterval: each.fullPath !== fullPath && OTHERS_MS,
            },
          ],
    ),
  });
  return { drawn, shown };
}

/** The pipelines downstream of this one, and the names of the bridges that have begun them. */
function linksOf(graph: PipelineGraph): { from: string | null; link: LinkedPipeline }[] {
  return [
    ...graph.jobs.flatMap(({ name, downstream_pipeline: link }) => (link ? [{ from: name, link }] : [])),
    ...graph.triggered.map((link) => ({ from: null, link })),
  ];
}
