import type { CompileInput } from '../ci/plan.ts';
import { isOfMergeRequest, type Project } from '../ci/predefined.ts';
import type { Answer } from '../ci/repository-view.ts';
import { type Variable, variableList } from '../ci/variable.ts';

/** There are no merge requests here, but rules ask for them: pipelines of one are thought of, and run on laptops. */
const MERGE_REQUEST_EVENT = 'merge_request_event';

/** The variables of a merge request of `branch` into the default one; none for other sources. */
export function mergeRequestVariables(
  source: string,
  { path_with_namespace, default_branch }: Pick<Project, 'path_with_namespace' | 'default_branch'>,
  branch: string,
): Variable[] {
  if (source !== MERGE_REQUEST_EVENT) return [];
  return variableList({
    CI_MERGE_REQUEST_ID: '1',
    CI_MERGE_REQUEST_IID: '1',
    CI_MERGE_REQUEST_EVENT_TYPE: 'detached',
    CI_MERGE_REQUEST_PROJECT_PATH: path_with_namespace,
    CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: path_with_namespace,
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: branch,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: default_branch ?? undefined,
    CI_MERGE_REQUEST_REF_PATH: 'refs/merge-requests/1/head',
  });
}

export const isMergeRequestVariable = ({ key }: { key: string }) => key.startsWith('CI_MERGE_REQUEST_');

/** Whether a child pipeline is of a merge request. `line`: those above it, or it and those, from below. */
export const isBelowMergeRequest = (line: readonly { source: string }[]): boolean =>
  line.find(({ source }) => source !== 'parent_pipeline')?.source === MERGE_REQUEST_EVENT;

export const compilesForMergeRequest = ({ predefined }: CompileInput): boolean =>
  isOfMergeRequest(new Map(predefined.map(({ key, value }) => [key, value])));

/** What a merge request changes is all that its branch has changed since it parted from the target. */
export function comparedWithTarget({ lookUp, predefined }: CompileInput): CompileInput['lookUp'] {
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
