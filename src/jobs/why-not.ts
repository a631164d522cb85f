import { isOnline } from '../runners/runner-status.ts';
import { type MatchedRunner } from './match-runner.ts';

/** Why a runner cannot take a job, in a word and in words. */
export interface WhyNot {
  reason:
    | 'paused'
    | 'never_contacted'
    | 'offline'
    | 'instance_runners_disabled'
    | 'not_assigned'
    | 'other_group'
    | 'ref_not_protected'
    | 'untagged'
    | 'missing_tags';
  message: string;
}

/** A runner with whether the job's project is in its scope. */
export interface ConsideredRunner extends MatchedRunner {
  contacted_at: number | null;
  in_scope: boolean;
}

const OUT_OF_SCOPE = {
  instance_type: {
    reason: 'instance_runners_disabled',
    message: 'instance runners are turned off for the project',
  },
  group_type: { reason: 'other_group', message: 'it belongs to a group that the project is not in' },
  project_type: { reason: 'not_assigned', message: 'it is not assigned to the project' },
} as const satisfies Record<string, WhyNot>;

/** All that keeps the runner from the job; nothing when it can take it. */
export function whyNot(
  runner: ConsideredRunner,
  job: { tag_list: string; protected: 0 | 1 },
  now: number,
): WhyNot[] {
  const reasons: WhyNot[] = [];
  const add = (reason: WhyNot['reason'], message: string) => reasons.push({ reason, message });
  if (!runner.in_scope) reasons.push(OUT_OF_SCOPE[runner.runner_type]);
  if (runner.active === 0) add('paused', 'it is paused');
  if (runner.contacted_at === null) add('never_contacted', 'it has never called');
  else if (!isOnline(runner.contacted_at, now))
    add('offline', `it has not called since ${new Date(runner.contacted_at).toISOString()}`);
  if (runner.access_level === 'ref_protected' && job.protected === 0)
    add('ref_not_protected', 'it takes only jobs of protected branches and tags');
  const tags = JSON.parse(job.tag_list) as string[];
  const own = new Set(JSON.parse(runner.tag_list) as string[]);
  const missing = tags.filter((tag) => !own.has(tag));
  if (tags.length === 0 && runner.run_untagged === 0) add('untagged', 'it takes only jobs with tags');
  if (missing.length > 0) add('missing_tags', `it has not the tags: ${missing.join(', ')}`);
  return reasons;
}
