import { breather } from '../artifacts/breathe.ts';
import type { PlannedJob } from '../ci/plan.ts';
import { expand, expandAll } from '../ci/expand.ts';
import { jobVariables } from '../ci/predefined.ts';
import { mergeVariables, type Variable } from '../ci/variable.ts';

/** What is known of a pipeline's variables before it is stored. */
interface PlanVariables {
  /** Under those of the configuration. */
  predefined: readonly Variable[];
  /** Over those of the configuration. */
  given: readonly Variable[];
}

/** Where a planned job wants to deploy to; neither needs to be one. */
export interface PlannedEnvironment {
  name: string;
  tier: string | undefined;
}

/** The environments that planned jobs name, by the job's name. Before the pipeline's transaction: it takes its time. */
export async function planEnvironments(
  jobs: readonly PlannedJob[],
  variables: PlanVariables,
): Promise<Map<string, PlannedEnvironment>> {
  const environments = new Map<string, PlannedEnvironment>();
  const breathe = breather();
  for (const job of jobs) {
    const environment = plannedEnvironment(job, variables);
    if (environment) environments.set(job.name, environment);
    await breathe();
  }
  return environments;
}

/** With its variables filled in, unknown ones with nothing. Null: none. */
function plannedEnvironment(
  job: PlannedJob,
  { predefined, given }: PlanVariables,
): PlannedEnvironment | null {
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
