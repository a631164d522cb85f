import type { Role } from '../access/permissions.ts';
import type { CompileInput } from '../ci/plan.ts';
import type { Database } from '../db/database.ts';
import { type Commit, readCommit } from '../git/commit.ts';
import { type Repositories, ZERO_SHA } from '../git/repository.ts';
import { mayUpdateRef } from '../projects/may-update-ref.ts';
import { elsewhere, includingIt } from './configuration-elsewhere.ts';
import type { GivenInputs, GivenVariable, PipelineRequest, PipelineSettings } from './create-pipeline.ts';
import { readText } from './include-sources.ts';
import { comparedWithTarget, compilesForMergeRequest, mergeRequestVariables } from './merge-request.ts';
import { pipelineInput, readKnown } from './pipeline-input.ts';

/** A pipeline that is thought of, and not created. */
export interface Trial extends Pick<PipelineRequest, 'project' | 'user' | 'ref' | 'tag'> {
  /** The commit whose files are included, in full; null: the project has none. */
  sha: string | null;
  /** What is looked at in place of the project's file. */
  content?: string | undefined;
  /** On the project, of whoever asks. */
  role: Role;
  /** `push` unless it says otherwise. */
  source?: string;
  variables?: readonly GivenVariable[];
  inputs?: GivenInputs | undefined;
  /** What the rules take to have changed, whatever they compare with; undefined: what nobody knows. */
  changed_files?: readonly string[] | undefined;
}

/** A project without a commit has this one, as far as its variables go. */
const NO_COMMIT: Pick<Commit, 'message' | 'author_name' | 'author_email' | 'committed_date'> = {
  message: '',
  author_name: '',
  author_email: '',
  committed_date: '1970-01-01T00:00:00.000+00:00',
};

/** What the pipeline would be compiled with; of variables that are stored only what who asks could read by starting it. */
export async function trialInput(
  db: Database,
  repositories: Repositories,
  settings: PipelineSettings,
  { content, role, sha, changed_files, ...asked }: Trial,
  now: number,
): Promise<CompileInput> {
  const { project, ref, tag } = asked;
  const commit = sha === null ? undefined : await readCommit(repositories.of(project.id), sha);
  const at = { project_id: project.id, sha: sha ?? ZERO_SHA };
  const file = project.ci_config_path || '.gitlab-ci.yml';
  const far = content === undefined ? elsewhere(file) : null;
  // What is asked for first is what is looked at. It may include the file that it is in place of.
  let isFirst = true;
  const request: PipelineRequest = {
    source: 'push',
    variables: [],
    ...asked,
    sha: at.sha,
    before_sha: ZERO_SHA,
    push_id: null,
    configuration: {
      file,
      isElsewhere: far !== null,
      fetchFile: async (path) => {
        const isRoot = isFirst;
        isFirst = false;
        if (isRoot && content !== undefined) return content;
        if (isRoot && far) return includingIt(far, asked.inputs);
        const text = commit ? await readText(repositories, at, path) : null;
        // Without its file a project has an empty configuration, and is told so.
        return isRoot ? (text ?? '') : text;
      },
    },
  };
  const known = await readKnown(db, settings.secret_key, request, commit ?? (NO_COMMIT as Commit));
  // Else whoever may not start the pipeline could write a configuration that tells what it would know.
  const mayStart = await mayUpdateRef(db.read, project.id, role, { name: ref, tag });
  const shown = mayStart ? known : { ...known, stored: [] };
  const input = await pipelineInput({ db, repositories }, settings, request, shown, now);
  const merged = withMergeRequest(input, request);
  return changed_files ? withChanges(merged, changed_files) : merged;
}

function withMergeRequest(input: CompileInput, { source, project, ref }: PipelineRequest): CompileInput {
  if (!compilesForMergeRequest(input)) return input;
  const predefined = [...input.predefined, ...mergeRequestVariables(source, project, ref)];
  return { ...input, predefined, lookUp: comparedWithTarget(input) };
}

function withChanges(input: CompileInput, paths: readonly string[]): CompileInput {
  const changed = { paths: paths.map((path) => `${path}\0`).join('') };
  const { lookUp = async () => changed } = input;
  return {
    ...input,
    lookUp: async (question) => (question.kind === 'changed_paths' ? changed : await lookUp(question)),
  };
}
