import type { PlannedJob } from '../ci/plan.ts';
import { expand, expandAll } from '../ci/expand.ts';
import { jobVariables } from '../ci/predefined.ts';
import { mergeVariables, type Variable } from '../ci/variable.ts';

/** What is known of a pipeline's variables before it is stored. */
export interface PlanVariables {
  /** Under those of the configuration. */
  predefined: readonly Variable[];
  /** Over those of the configuration. */
  given: readonly Variable[];
}

/** The environment that a planned job names, with its variables filled in, unknown ones with nothing. Null: none. */
export function plannedEnvironment(
  job: PlannedJob,
  { predefined, given }: PlanVariables,
): { name: string; tier: string | undefined } | null {
  const { environment } = job;
  if (!environment) return null;
  const { name, deployment_tier } = environment;
  const texts = [name, deployment_tier ?? ''];
  const filled = texts.some((text) => /[$%]/.test(text))
    ? texts.map((text) => expand(text, variablesOf(job, predefined, given), { unknown: 'blank' }))
    : texts;
  return { name: filled[0] ?? '', tier: filled[1] || undefined };
}

function variablesOf(
  job: PlannedJob,
  predefined: readonly Variable[],
  given: readonly Variable[],
): readonly Variable[] {
  const all = mergeVariables(predefined, jobVariables(job), job.variables, given);
  return expandAll(all, { unknown: 'blank' }).variables ?? all;
}
