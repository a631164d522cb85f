import { findUser } from '../access/access-store.ts';
import type { CompileInput } from '../ci/plan.ts';
import { variable, type Variable } from '../ci/variable.ts';
import { StartError } from '../errors.ts';
import { ZERO_SHA } from '../git/repository.ts';
import type { GivenVariable, PipelineRequest } from '../pipelines/create-pipeline.ts';
import {
  comparedWithTarget,
  compilesForMergeRequest,
  mergeRequestVariables,
} from '../pipelines/merge-request.ts';
import type { ApiClient } from './api-client.ts';
import type { PrivateServer } from './private-server.ts';
import type { RunFlags } from './run-flags.ts';
import { serverLookUp, serverSources } from './server-sources.ts';
import type { Snapshot } from './snapshot.ts';
import type { WorkTree } from './work-tree.ts';

/** The root of a private server is its first user. */
const ROOT = 1;

/** The pipeline that the flags ask for, of the snapshot. */
export async function pipelineRequest(
  { server, project }: PrivateServer,
  tree: WorkTree,
  flags: Pick<RunFlags, 'event' | 'variables' | 'inputs'>,
  ref: { name: string; tag: boolean },
  { sha, before_sha }: Snapshot,
): Promise<PipelineRequest> {
  const user = await findUser(server.parts.db.read, ROOT);
  if (!user) throw new StartError('The private server has no user.');
  const there = { path_with_namespace: tree.project, default_branch: tree.default_branch };
  const given = flags.variables.map(([key, value]) => variable(key, value));
  const variables = [...mergeRequestVariables(flags.event, there, ref.name), ...given];
  return {
    project,
    user,
    ref: ref.name,
    tag: ref.tag,
    sha,
    // Only a push comes after something.
    before_sha: flags.event === 'push' ? before_sha : ZERO_SHA,
    source: flags.event,
    variables: variables.map(({ key, value }): GivenVariable => ({ key, value, variable_type: 'env_var' })),
    inputs: flags.inputs,
    push_id: null,
  };
}

/**
 * The input as it would be on another server: with the predefined variables it has there, `values`, and with what other
 * projects have there.
 */
export function asOnServer(
  input: CompileInput,
  values: Readonly<Record<string, string>>,
  there: ApiClient | null,
): CompileInput {
  const predefined = input.predefined.map((each): Variable => {
    const value = values[each.key];
    return value === undefined ? each : variable(each.key, value);
  });
  const lookUp = compilesForMergeRequest(input) ? comparedWithTarget(input) : input.lookUp;
  const { ask } = input;
  if (!there || !ask || !lookUp) return { ...input, predefined, ...(lookUp && { lookUp }) };
  return { ...input, predefined, ask: serverSources(there, ask), lookUp: serverLookUp(there, lookUp) };
}
