import { slugOf } from './environment-words.ts';
import type { EnvironmentSpec } from './plan.ts';
import { type Variable, variableList } from './variable.ts';

/**
 * What rules may already ask of where the job deploys to. `name`: with its variables filled in, none where nothing is
 * left of it; the rest is as written.
 */
export function plannedEnvironmentVariables(
  { action, deployment_tier, url }: Pick<EnvironmentSpec, 'action' | 'deployment_tier' | 'url'>,
  name: string,
): Variable[] {
  if (name.trim() === '') return [];
  return variableList({
    CI_ENVIRONMENT_NAME: name,
    CI_ENVIRONMENT_ACTION: action,
    CI_ENVIRONMENT_TIER: deployment_tier ?? undefined,
    CI_ENVIRONMENT_URL: url ?? undefined,
  });
}

/** What is known of an environment by its name. */
export const namedEnvironmentVariables = (name: string): Variable[] =>
  variableList({ CI_ENVIRONMENT_NAME: name, CI_ENVIRONMENT_SLUG: slugOf(name) });

export interface JobEnvironment {
  id: number;
  name: string;
  slug: string;
  tier: string;
  action: string;
  /** As written: it may name other variables. */
  url: string | null;
}

/** Where the job deploys to. */
export function environmentVariables({ id, name, slug, tier, action, url }: JobEnvironment): Variable[] {
  return variableList({
    CI_ENVIRONMENT_ID: String(id),
    CI_ENVIRONMENT_NAME: name,
    CI_ENVIRONMENT_SLUG: slug,
    CI_ENVIRONMENT_TIER: tier,
    CI_ENVIRONMENT_ACTION: action,
    CI_ENVIRONMENT_URL: url ?? undefined,
  });
}
