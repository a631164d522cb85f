import type { Selectable } from 'kysely';
import type { Runners } from '../db/rows/runners.ts';

/** What of a runner decides which jobs it may take. */
export type MatchedRunner = Pick<
  Selectable<Runners>,
  'id' | 'runner_type' | 'active' | 'run_untagged' | 'access_level' | 'tag_list'
>;

/** Whether the runner's own settings let it take jobs with these tags (a JSON list). */
export function fitsTags(runner: Pick<MatchedRunner, 'tag_list' | 'run_untagged'>, tagList: string): boolean {
  const tags = JSON.parse(tagList) as string[];
  if (tags.length === 0) return runner.run_untagged === 1;
  const own = new Set(JSON.parse(runner.tag_list) as string[]);
  return tags.every((tag) => own.has(tag));
}

/** Whether the runner's own settings let it take the job; its scope is another matter. */
export function mayTake(runner: MatchedRunner, job: { tag_list: string; protected: 0 | 1 }): boolean {
  if (runner.active === 0) return false;
  if (runner.access_level === 'ref_protected' && job.protected === 0) return false;
  return fitsTags(runner, job.tag_list);
}
