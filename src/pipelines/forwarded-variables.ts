import { expand, expandAll } from '../ci/expand.ts';
import type { TriggerSpec } from '../ci/plan.ts';
import type { Variable } from '../ci/variable.ts';
import { decrypt } from '../variables/encrypt.ts';
import type { GivenVariable } from './create-pipeline.ts';
import { isMergeRequestVariable } from './merge-request.ts';
import type { PayloadParts } from './payload-store.ts';

/** Fills in a bridge's variables as far as they are known; nothing is left of others. */
export function bridgeExpander(variables: readonly Variable[]): (text: string) => string {
  const expanded = expandAll(variables, { unknown: 'blank' }).variables ?? variables;
  return (text) => expand(text, expanded, { unknown: 'blank' });
}

/**
 * What a bridge gives its pipeline: the variables of its configuration, and over them, when it says so, those
 * that earlier jobs have left in dotenv reports, then those that its own pipeline was given. References are filled in
 * here, where they are known. A child of a merge request has what is known of that, unless one of those is in its place.
 */
export function forwardedVariables(
  { forward }: Pick<TriggerSpec, 'forward'>,
  {
    spec,
    dotenvVariables,
    pipelineVariables,
    below_merge_request,
  }: Pick<PayloadParts, 'spec' | 'dotenvVariables' | 'pipelineVariables' | 'below_merge_request'>,
  fillIn: (text: string) => string,
  secret_key: Buffer,
): GivenVariable[] {
  const forwarded = new Map<string, GivenVariable>();
  const give = (given: GivenVariable) => {
    const value = given.raw || given.variable_type === 'file' ? given.value : fillIn(given.value);
    forwarded.set(given.key, { ...given, value });
  };
  const opened = ({ key, value, raw, variable_type }: PayloadParts['pipelineVariables'][number]) => ({
    key,
    value: decrypt(secret_key, value),
    raw: raw === 1,
    variable_type: variable_type === 'file' ? ('file' as const) : ('env_var' as const),
  });
  if (below_merge_request)
    for (const row of pipelineVariables.filter(isMergeRequestVariable)) forwarded.set(row.key, opened(row));
  if (forward.yaml_variables)
    for (const { key, value, raw } of spec.variables) give({ key, value, raw, variable_type: 'env_var' });
  if (forward.pipeline_variables) {
    for (const { key, value } of dotenvVariables)
      give({ key, value: decrypt(secret_key, value), raw: false, variable_type: 'env_var' });
    for (const row of pipelineVariables) give(opened(row));
  }
  return [...forwarded.values()];
}
