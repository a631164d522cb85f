import { Type } from 'typebox';
import { apiError, badParameters, notFound } from '../errors.ts';
import { findRef } from '../git/find-ref.ts';
import { isEmpty, isInHistory } from '../git/refs.ts';
import { findBranchTip, findCommitId } from '../git/revision.ts';
import { filled, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { type LintRequest, lintConfiguration } from '../pipelines/lint-configuration.ts';
import type { Project } from '../projects/project-store.ts';
import { entity, nullable } from './entities/entity.ts';
import { Include } from './entities/include.ts';

const Policy = entity({
  refs: Type.Optional(Type.Array(Type.String())),
  kubernetes: Type.Optional(Type.Literal('active')),
  variables: Type.Optional(Type.Array(Type.String())),
  changes: Type.Optional(Type.Array(Type.String())),
});
const LintJob = entity({
  name: Type.String(),
  stage: Type.String(),
  before_script: Type.Array(Type.String()),
  script: Type.Array(Type.String()),
  after_script: Type.Array(Type.String()),
  tag_list: Type.Array(Type.String()),
  environment: nullable(Type.String()),
  when: Type.String(),
  allow_failure: Type.Boolean(),
  only: Type.Optional(nullable(Policy)),
  except: Type.Optional(nullable(Policy)),
  needs: Type.Optional(
    nullable(
      Type.Array(entity({ name: Type.String(), artifacts: Type.Boolean(), optional: Type.Boolean() })),
    ),
  ),
});
const Lint = entity({
  valid: Type.Boolean(),
  errors: Type.Array(Type.String()),
  warnings: Type.Array(Type.String()),
  merged_yaml: nullable(
    Type.String({ description: 'The configuration in one, includes and extends resolved' }),
  ),
  includes: nullable(Type.Array(Include)),
  jobs: Type.Optional(Type.Array(LintJob)),
});
const flags = {
  dry_run: Type.Boolean({ default: false, description: 'Also whether a pipeline would be created now' }),
  include_jobs: Type.Boolean({ default: false }),
};
const tag = 'CI lint';

const NO_HISTORY =
  'Could not validate configuration. The configuration originates from an external project or a commit not associated with a Git reference (a detached commit)';

const notLookedAt = (message: string, include_jobs: boolean) => ({
  valid: false,
  errors: [message],
  warnings: [],
  merged_yaml: null,
  includes: null,
  ...(include_jobs && { jobs: [] }),
});

/** So many are told. */
const WARNINGS = 25;

const messages = (problems: readonly { message: string }[]) => problems.map(({ message }) => message);

/** What is wrong with a configuration, and what would come of it. */
export function lintRoutes(parts: Parts): Route[] {
  const { db, clock, repositories, pipelineSettings } = parts;

  /** The tip of the default branch; null: nothing has been pushed yet. */
  const headOf = async ({ id, default_branch }: Project) =>
    default_branch === null ? null : ((await findBranchTip(repositories.of(id), default_branch)) ?? null);

  const look = async (
    request: Omit<LintRequest, 'ref' | 'tag'>,
    ref: string | undefined,
    include_jobs: boolean,
  ) => {
    const { project } = request;
    const name = ref ?? project.default_branch ?? '';
    const found = request.dry_run ? await findRef(repositories.of(project.id), name) : null;
    if (request.dry_run && !found) return notLookedAt('Reference not found', include_jobs);
    const at = found ? { ref: found.name, tag: found.tag } : { ref: name, tag: false };
    // What is not of a commit itself is looked at where the pipeline would be.
    const sha = request.content !== undefined && found ? found.sha : request.sha;
    const result = await lintConfiguration(
      db,
      repositories,
      pipelineSettings(),
      { ...request, ...at, sha },
      clock(),
    );
    return {
      valid: result.valid,
      errors: messages(result.errors),
      warnings: messages(result.warnings).slice(0, WARNINGS),
      merged_yaml: result.merged_yaml,
      includes: result.includes,
      ...(include_jobs && { jobs: result.jobs }),
    };
  };

  return [
    projectRoute({
      method: 'POST',
      path: '/projects/:id/ci/lint',
      summary: 'Look over a configuration as if it were the project’s',
      tag,
      ability: 'create_pipeline',
      status: 200,
      params: Type.Object({ id: subjectId, content: Type.String(), ref: Type.Optional(filled()), ...flags }),
      reply: Lint,
      handler: async ({ params, project, caller, role }) => {
        if (!caller.user) throw apiError('unauthorized');
        const { content, ref, dry_run, include_jobs } = params;
        const sha = await headOf(project);
        return await look({ project, user: caller.user, role, sha, content, dry_run }, ref, include_jobs);
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/ci/lint',
      summary: 'Look over the configuration of a commit',
      tag,
      ability: 'read_code',
      params: Type.Object({
        id: subjectId,
        content_ref: Type.Optional(filled()),
        sha: Type.Optional(Type.String({ description: 'The older name of content_ref' })),
        dry_run_ref: Type.Optional(filled()),
        ref: Type.Optional(Type.String({ description: 'The older name of dry_run_ref' })),
        ...flags,
      }),
      reply: Lint,
      handler: async ({ params, project, caller, role }) => {
        const { content_ref, sha: older, dry_run_ref, ref, dry_run, include_jobs } = params;
        if (content_ref !== undefined && older !== undefined)
          throw badParameters(['sha, content_ref are mutually exclusive']);
        if (dry_run_ref !== undefined && ref !== undefined)
          throw badParameters(['ref, dry_run_ref are mutually exclusive']);
        const repository = repositories.of(project.id);
        if (await isEmpty(repository)) throw notFound('Repository');
        const revision = content_ref ?? older;
        const sha = revision === undefined ? await headOf(project) : await findCommitId(repository, revision);
        if (sha === undefined || sha === null) throw notFound('Commit');
        if (revision !== undefined && !(await isInHistory(repository, sha)))
          return notLookedAt(NO_HISTORY, include_jobs);
        const user = caller.user ?? { id: 0, email: '', username: '', name: '' };
        return await look({ project, user, role, sha, dry_run }, dry_run_ref ?? ref, include_jobs);
      },
    }),
  ];
}
