import { isOnline } from '../runners/runner-status.ts';
import { type MatchedJob, type MatchedRunner, RULES } from './match-runner.ts';

/** Why a runner cannot take a job, in a word and in words. */
export interface WhyNot {
  reason:
    | 'never_contacted'
    | 'offline'
    | 'instance_runners_disabled'
    | 'not_assigned'
    | 'other_group'
    | keyof typeof RULES;
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
export function whyNot(runner: ConsideredRunner, job: MatchedJob, now: number): WhyNot[] {
  const reasons: WhyNot[] = [];
  const add = (reason: WhyNot['reason'], message: string) => reasons.push({ reason, message });
  if (!runner.in_scope) reasons.push(OUT_OF_SCOPE[runner.runner_type]);
  if (runner.contacted_at === null) add('never_contacted', 'it has never called');
  else if (!isOnline(runner.contacted_at, now))
    add('offline', `it has not called since ${new Date(runner.contacted_at).toISOString()}`);
  for (const [reason, rule] of Object.entries(RULES)) {
    const message = rule(runner, job);
    if (message !== null) add(reason as keyof typeof RULES, message);
  }
  return reasons;
}
