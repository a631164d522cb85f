import type { Limits } from '../limits.ts';
import type { Project } from '../projects/project-store.ts';

/** What is deleted by age and by count. */
export const RETAINED = ['pipelines', 'traces', 'artifacts'] as const;
export type Retained = (typeof RETAINED)[number];

/** By what something goes: its age in seconds, or that so many newer ones are there. */
export interface RetentionRule {
  kind: Retained;
  rule: 'age' | 'count';
  value: number;
  /** Who says so: the stricter of the project and the server's limits. */
  source: 'project' | 'instance';
}

type Settings = Pick<Project, `ci_delete_${Retained}_${'in_seconds' | 'above_count'}`>;
type Bounds = Pick<Limits, `delete_${Retained}_${'in' | 'above_count'}`>;

/** The rules that hold for a project; none: it keeps everything. */
export function retentionRules(project: Settings, limits: Bounds): RetentionRule[] {
  return RETAINED.flatMap((kind) => [
    ...stricter(kind, 'age', project[`ci_delete_${kind}_in_seconds`], limits[`delete_${kind}_in`]),
    ...stricter(
      kind,
      'count',
      project[`ci_delete_${kind}_above_count`],
      limits[`delete_${kind}_above_count`],
    ),
  ]);
}

function stricter(
  kind: Retained,
  rule: RetentionRule['rule'],
  project: number | null,
  instance: number | null,
): RetentionRule[] {
  if (project !== null && project <= (instance ?? Infinity))
    return [{ kind, rule, value: project, source: 'project' }];
  return instance === null ? [] : [{ kind, rule, value: instance, source: 'instance' }];
}

/** Whether the server's limits alone make every project lose something one day. */
export const boundsAll = (limits: Bounds): boolean =>
  RETAINED.some(
    (kind) => limits[`delete_${kind}_in`] !== null || limits[`delete_${kind}_above_count`] !== null,
  );
