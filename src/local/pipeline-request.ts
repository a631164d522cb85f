import { findUser } from '../access/access-store.ts';
import type { CompileInput } from '../ci/plan.ts';
import type { Answer } from '../ci/repository-view.ts';
import { variable, type Variable } from '../ci/variable.ts';
import { StartError } from '../errors.ts';
import type { GivenVariable, PipelineRequest } from '../pipelines/create-pipeline.ts';
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
  const given = flags.variables.map(([key, value]): GivenVariable => ({
    key,
    value,
    variable_type: 'env_var',
  }));
  return {
    project,
    user,
    ref: ref.name,
    tag: ref.tag,
    sha,
    before_sha,
    source: flags.event,
    variables: [...mergeRequestVariables(tree, flags.event, ref.name), ...given],
    inputs: flags.inputs,
    push_id: null,
  };
}

/** Of a merge request of the branch into the default one: there is none, but rules ask for it. */
export function mergeRequestVariables(tree: WorkTree, event: string, branch: string): GivenVariable[] {
  if (event !== 'merge_request_event') return [];
  const values = {
    CI_MERGE_REQUEST_ID: '1',
    CI_MERGE_REQUEST_IID: '1',
    CI_MERGE_REQUEST_EVENT_TYPE: 'detached',
    CI_MERGE_REQUEST_PROJECT_PATH: tree.project,
    CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: tree.project,
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: branch,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: tree.default_branch,
    CI_MERGE_REQUEST_REF_PATH: 'refs/merge-requests/1/head',
  };
  return Object.entries(values).map(([key, value]) => ({ key, value, variable_type: 'env_var' }));
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
  const isMergeRequest = input.predefined.some(
    ({ key, value }) => key === 'CI_PIPELINE_SOURCE' && value === 'merge_request_event',
  );
  const predefined = input.predefined.map((each): Variable => {
    const value = values[each.key];
    return value === undefined ? each : variable(each.key, value);
  });
  const lookUp = isMergeRequest ? comparedWithTarget(input) : input.lookUp;
  const { ask } = input;
  if (!there || !ask || !lookUp) return { ...input, predefined, ...(lookUp && { lookUp }) };
  return { ...input, predefined, ask: serverSources(there, ask), lookUp: serverLookUp(there, lookUp) };
}

/** What a merge request changes is all that its branch has changed since it parted from the target. */
function comparedWithTarget({ lookUp, predefined }: CompileInput): CompileInput['lookUp'] {
  const target = predefined.find(({ key }) => key === 'CI_DEFAULT_BRANCH')?.value;
  if (!lookUp || target === undefined) return lookUp;
  return async (question) =>
    question.kind === 'changed_paths' && question.compare_to === null
      ? await unlessUnknown(lookUp({ ...question, compare_to: target }))
      : await lookUp(question);
}

/** Of a target that is not there nobody knows what has changed, and it is no mistake of the configuration. */
async function unlessUnknown(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  return 'unknown' in answer ? { paths: null } : answer;
}
