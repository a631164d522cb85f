import type { Selectable } from 'kysely';
import type { Runners } from '../db/rows/runners.ts';

/** What of a runner decides which jobs it may take. */
export type MatchedRunner = Pick<
  Selectable<Runners>,
  'id' | 'runner_type' | 'active' | 'run_untagged' | 'access_level' | 'tag_list'
>;

/** What of a job decides which runners may take it. `tag_list` is a JSON list. */
export interface MatchedJob {
  tag_list: string;
  protected: 0 | 1;
}

/** What keeps the runner from the job, in words; null: nothing. */
type Rule = (runner: MatchedRunner, job: MatchedJob) => string | null;

const NO_TAGS = '[]';
const tagsOf = ({ tag_list }: { tag_list: string }) => JSON.parse(tag_list) as string[];

/** All that a runner's own settings decide; its scope is another matter. */
export const RULES = {
  paused: (runner) => (runner.active === 0 ? 'it is paused' : null),
  ref_not_protected: (runner, job) =>
    runner.access_level === 'ref_protected' && job.protected === 0
      ? 'it takes only jobs of protected branches and tags'
      : null,
  untagged: (runner, job) =>
    runner.run_untagged === 0 && job.tag_list === NO_TAGS ? 'it takes only jobs with tags' : null,
  missing_tags: (runner, job) => {
    if (job.tag_list === NO_TAGS) return null;
    const own = tagsOf(runner);
    const missing = tagsOf(job).filter((tag) => !own.includes(tag));
    return missing.length > 0 ? `it has not the tags: ${missing.join(', ')}` : null;
  },
} as const satisfies Record<string, Rule>;

const rules: readonly Rule[] = Object.values(RULES);

/** Whether the runner's own settings let it take the job. */
export const mayTake = (runner: MatchedRunner, job: MatchedJob): boolean =>
  rules.every((rule) => rule(runner, job) === null);
