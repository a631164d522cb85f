import type { LintResult } from '../ci/lint.ts';
import type { CompileInput } from '../ci/plan.ts';
import type { Database } from '../db/database.ts';
import { type Commit, readCommit } from '../git/commit.ts';
import { type Repositories, ZERO_SHA } from '../git/repository.ts';
import type { Role } from '../access/permissions.ts';
import { mayUpdateRef } from '../projects/may-update-ref.ts';
import type { PipelineRequest, PipelineSettings } from './create-pipeline.ts';
import { readText } from './include-sources.ts';
import { pipelineInput, readKnown } from './pipeline-input.ts';

export interface LintSettings extends PipelineSettings {
  lint: (input: CompileInput, options: { dry_run: boolean }) => Promise<LintResult>;
}

export interface LintRequest extends Pick<PipelineRequest, 'project' | 'user' | 'ref' | 'tag'> {
  /** The commit whose files are included, in full; null: the project has none. */
  sha: string | null;
  /** What is looked at in place of the project's file. */
  content?: string | undefined;
  /** On the project, of whoever asks. */
  role: Role;
  /** Also whether a pipeline would be created now, as if the ref had been pushed. */
  dry_run: boolean;
}

/** A project without a commit has this one, as far as its variables go. */
const NO_COMMIT: Pick<Commit, 'message' | 'author_name' | 'author_email' | 'committed_date'> = {
  message: '',
  author_name: '',
  author_email: '',
  committed_date: '1970-01-01T00:00:00.000+00:00',
};

/** What is wrong with a configuration, and what would come of it. Nothing is created. */
export async function lintConfiguration(
  db: Database,
  repositories: Repositories,
  settings: LintSettings,
  { content, dry_run, role, ...asked }: LintRequest,
  now: number,
): Promise<LintResult> {
  const repository = repositories.of(asked.project.id);
  const commit = asked.sha === null ? undefined : await readCommit(repository, asked.sha);
  const at = { project_id: asked.project.id, sha: asked.sha ?? ZERO_SHA };
  const file = asked.project.ci_config_path || '.gitlab-ci.yml';
  const request: PipelineRequest = {
    ...asked,
    sha: at.sha,
    before_sha: ZERO_SHA,
    source: 'push',
    variables: [],
    push_id: null,
    configuration: {
      file,
      fetchFile: async (path) => {
        if (path === file && content !== undefined) return content;
        const text = commit ? await readText(repositories, at, path) : null;
        // Without its file a project has an empty configuration, and is told so.
        return path === file ? (text ?? '') : text;
      },
    },
  };
  const known = await readKnown(db, settings.secret_key, request, commit ?? (NO_COMMIT as Commit));
  const { project, ref, tag } = request;
  // Else whoever may not start the pipeline could write a configuration that tells what it would know.
  const mayStart = await mayUpdateRef(db.read, project.id, role, { name: ref, tag });
  const shown = mayStart ? known : { ...known, stored: [] };
  const input = await pipelineInput({ db, repositories }, settings, request, shown, now);
  return await settings.lint(input, { dry_run });
}
