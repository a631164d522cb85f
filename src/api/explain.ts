import { Type } from 'typebox';
import { allowsOnProject, type Visibility } from '../access/permissions.ts';
import { apiError, notFound } from '../errors.ts';
import { findRef } from '../git/find-ref.ts';
import { findBranchTip } from '../git/revision.ts';
import { filled, recordId, subjectId } from '../http/parameters.ts';
import { JsonText, projectRoute, Reply, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { readExplanation } from '../pipelines/kept-store.ts';
import { explainConfiguration } from '../pipelines/lint-configuration.ts';
import { maySeeGiven } from '../pipelines/may-see-given.ts';
import { unpackText } from '../pipelines/pack-text.ts';
import type { Project } from '../projects/project-store.ts';
import { decrypt } from '../variables/encrypt.ts';
import { Explanation } from './entities/explanation.ts';
import { PIPELINE_SOURCES, pipelineOf } from './pipelines.ts';

const tag = 'CI lint';

/** Why a job is in a pipeline, or is not: of one that is there, and of one that might be. */
export function explainRoutes(parts: Parts): Route[] {
  const { db, clock, repositories, secretKey, pipelineSettings } = parts;

  /** Where the pipeline would be: a ref that is not there yet would begin at the default branch. */
  const placeOf = async ({ id, default_branch }: Project, ref: string | undefined, isTag: boolean) => {
    const repository = repositories.of(id);
    const name = ref ?? default_branch ?? '';
    const found = await findRef(repository, name);
    if (found) return { ref: found.name, tag: found.tag, sha: found.sha };
    const sha = default_branch === null ? undefined : await findBranchTip(repository, default_branch);
    return { ref: name, tag: isTag, sha: sha ?? null };
  };

  return [
    projectRoute({
      method: 'POST',
      path: '/projects/:id/ci/explain',
      summary: 'Tell for each job why it would be in a pipeline, or would not',
      tag,
      ability: 'create_pipeline',
      status: 200,
      params: Type.Object({
        id: subjectId,
        content: Type.Optional(Type.String({ description: 'In place of the project’s file' })),
        ref: Type.Optional(filled()),
        tag: Type.Boolean({ default: false, description: 'Of a ref that is not there: whether it is a tag' }),
        source: Type.Enum(PIPELINE_SOURCES, { default: 'push' }),
        changed_files: Type.Optional(Type.Array(Type.String())),
        variables: Type.Optional(
          Type.Array(
            Type.Object({
              key: filled(),
              value: Type.String(),
              variable_type: Type.Enum(['env_var', 'file'], { default: 'env_var' }),
              raw: Type.Boolean({ default: false }),
            }),
          ),
        ),
        inputs: Type.Optional(Type.Object({}, { additionalProperties: Type.Unknown() })),
      }),
      reply: Explanation,
      handler: async ({ params, project, caller, role }) => {
        if (!caller.user) throw apiError('unauthorized');
        const { content, source, changed_files, variables = [], inputs } = params;
        const trial = {
          project,
          user: caller.user,
          role,
          content,
          source,
          changed_files,
          variables,
          inputs: { ...inputs },
          ...(await placeOf(project, params.ref, params.tag)),
        };
        const text = await explainConfiguration(db, repositories, pipelineSettings(), trial, clock());
        return new Reply(200, new JsonText(text));
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/pipelines/:pipeline_id/explain',
      summary: 'Tell for each job why it is in a pipeline, or is not',
      tag,
      ability: 'read_build',
      params: Type.Object({ id: subjectId, pipeline_id: recordId() }),
      reply: Explanation,
      handler: async ({ params, project, caller, role }) => {
        // It shows rules as they are written.
        const subject = { ...project, visibility: project.visibility as Visibility };
        if (!allowsOnProject('read_code', role, subject)) throw apiError('forbidden');
        const pipeline = await pipelineOf(db, project.id, params.pipeline_id);
        const stored = await readExplanation(db.read, pipeline.id);
        if (!stored) throw notFound('Explanation');
        const { data, full_data: full } = stored;
        const packed = full && maySeeGiven(pipeline, { ...caller, role }) ? decrypt(secretKey, full) : data;
        return new Reply(200, new JsonText(await unpackText(packed)));
      },
    }),
  ];
}
