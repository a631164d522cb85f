import { basename } from 'node:path';
import type { CompileInput } from '../ci/plan.ts';
import {
  pipelineVariables,
  projectVariables,
  serverVariables,
  type Project,
  type User,
  userVariables,
} from '../ci/predefined.ts';
import type { Answer, Question } from '../ci/repository-view.ts';
import type { Ask } from '../ci/sources.ts';
import { variable, type Variable } from '../ci/variable.ts';
import { ZERO_SHA } from '../git/repository.ts';
import { mergeRequestVariables } from '../pipelines/merge-request.ts';
import { REVISION, VERSION } from '../version.ts';
import type { ApiClient } from './api-client.ts';
import type { PipelineFlags } from './flags.ts';
import { asOnServer } from './pipeline-request.ts';
import type { TreeFiles } from './tree-files.ts';
import { tryGit } from './user-git.ts';
import type { WorkTree } from './work-tree.ts';

/** Where a server would be that nobody has named. */
const NO_SERVER = 'http://127.0.0.1:8080';

/** The pipeline of a work tree that is thought of. */
export interface TreePipeline extends PipelineFlags {
  /** Path of the configuration in the work tree. */
  file: string;
  /** Its text, where that is not what stands in the file. */
  content: string | null;
  /** What the rules take to have changed; null: what a push of the branch would change, or nobody knows of other events. */
  changed: readonly string[] | null;
}

/**
 * All that a pipeline of the work tree, as it is, is compiled with; no server is needed. `ask` answers what includes want
 * that the work tree does not have, but for what `there` has, should there be a server.
 */
export async function treeInput(
  tree: WorkTree,
  files: TreeFiles,
  ask: Ask,
  pipeline: TreePipeline,
  there: ApiClient | null,
): Promise<CompileInput> {
  const { file, content } = pipeline;
  const ref = pipeline.ref ?? { name: tree.branch, tag: false };
  const given = pipeline.variables.map(([key, value]) => variable(key, value, { public: false }));
  const input: CompileInput = {
    file,
    fetchFile: async (path) => {
      if (path !== file) return await files.read(path);
      return content ?? (await files.readAnyway(path));
    },
    ask,
    lookUp: lookUp(files, pipeline, ref),
    predefined: await predefined(tree, pipeline, ref, there),
    variables: given,
    inputs: pipeline.inputs,
  };
  return asOnServer(input, {}, there);
}

function lookUp(
  files: TreeFiles,
  { changed, event }: TreePipeline,
  ref: { name: string; tag: boolean },
): (question: Question) => Promise<Answer> {
  return async (question) => {
    switch (question.kind) {
      case 'files':
        // Of another project it is not known which are there, and so they may be.
        return question.project === null ? await files.list(question.recursive) : { paths: null };
      case 'last_commit':
        return await files.lastCommit(question.path);
      case 'changed_paths':
        if (changed) return { paths: changed.map((path) => `${path}\0`).join('') };
        if (question.compare_to !== null) return await files.changedSince(question.compare_to);
        return event === 'push' && !ref.tag ? await files.changedByPush(ref.name) : { paths: null };
    }
  };
}

async function predefined(
  tree: WorkTree,
  { event, file }: TreePipeline,
  ref: { name: string; tag: boolean },
  there: ApiClient | null,
): Promise<Variable[]> {
  const server = { url: there?.url ?? NO_SERVER, version: VERSION, revision: REVISION };
  const commit = await readHead(tree);
  const project = { ...projectOf(tree), ci_config_path: file };
  return [
    ...serverVariables(server),
    ...projectVariables(project, server.url),
    ...pipelineVariables({
      iid: null,
      source: event,
      ref: ref.name,
      tag: ref.tag,
      sha: commit.sha,
      before_sha: ZERO_SHA,
      protected: !ref.tag && ref.name === tree.default_branch,
      created_at: Date.now(),
      name: null,
      tag_message: null,
      commit,
    }),
    ...mergeRequestVariables(event, project, ref.name),
    ...userVariables(await readUser(tree)),
  ];
}

function projectOf({ project, default_branch }: WorkTree): Omit<Project, 'ci_config_path'> {
  const path = basename(project);
  return {
    id: 1,
    name: path,
    path,
    path_with_namespace: project,
    namespace_id: 1,
    description: null,
    visibility: 'private',
    default_branch,
  };
}

async function readHead({ git, repository }: WorkTree) {
  const format = '--format=%H%x00%an%x00%ae%x00%cI%x00%B';
  const text = repository?.head ? await tryGit(git, ['log', '-1', format, 'HEAD']) : null;
  const [sha = '', author_name = '', author_email = '', committed_date = '', message = ''] =
    text === null ? [ZERO_SHA, '', '', new Date().toISOString(), ''] : text.split('\0');
  return { sha, author_name, author_email, committed_date, message };
}

async function readUser({ git }: WorkTree): Promise<User> {
  const email = (await tryGit(git, ['config', 'user.email'])) ?? '';
  const name = (await tryGit(git, ['config', 'user.name'])) ?? '';
  return { id: 1, email, username: email.split('@')[0] ?? '', name };
}
