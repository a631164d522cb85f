import { Type } from 'typebox';
import { isInBrowser } from '../access/caller.ts';
import { apiError, invalidRecord } from '../errors.ts';
import { findRef } from '../git/find-ref.ts';
import { ZERO_SHA } from '../git/repository.ts';
import { filled, recordId, subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, type Route } from '../http/route.ts';
import { checkUnmodified } from '../http/unmodified.ts';
import type { Parts } from '../parts.ts';
import { cancelPipeline } from '../pipelines/cancel-pipeline.ts';
import { createPipeline } from '../pipelines/create-pipeline.ts';
import { deletePipeline } from '../pipelines/delete-pipeline.ts';
import { maySeeGiven } from '../pipelines/may-see-given.ts';
import { readPipelineVariables } from '../pipelines/pipeline-store.ts';
import { renamePipeline } from '../pipelines/process-store.ts';
import { retryPipeline } from '../pipelines/retry-pipeline.ts';
import { mayUpdateRef, refusedRef } from '../projects/may-update-ref.ts';
import { checkRef } from './check-ref.ts';
import { Pipeline, PipelineDetails, pipelineDetails, pipelineWhole } from './entities/pipeline.ts';
import { PipelineVariable, pipelineVariable } from './entities/pipeline-variable.ts';
import { checkPipelineKeys } from './given-keys.ts';
import { userOf } from './job-actions.ts';
import { archivedBefore } from './jobs.ts';
import { cappedPriority } from './pipeline-priority.ts';
import { pipelineOf, withArchived } from './pipelines.ts';
import { priority } from './project-settings.ts';

const tag = 'Pipelines';
const one = { id: subjectId, pipeline_id: recordId() };
const VariableType = Type.Enum(['env_var', 'file'], { default: 'env_var' });

/** What can be asked of pipelines: create, retry, cancel, delete; and the variables one was given. */
export function pipelineActionRoutes(parts: Parts): Route[] {
  const { db, clock, url, repositories, secretKey, pipelineSettings } = parts;

  const answer = async (call: Who, id: number) =>
    pipelineWhole(
      withArchived(await pipelineOf(db, call.project.id, id), parts),
      url(),
      call.project.path_with_namespace,
    );

  return [
    projectRoute({
      method: 'POST',
      path: '/projects/:id/pipeline',
      summary: 'Create a pipeline for a branch or tag',
      tag,
      ability: 'create_pipeline',
      params: Type.Object({
        id: subjectId,
        ref: filled(),
        variables: Type.Optional(
          Type.Array(
            Type.Object({
              key: filled(),
              value: Type.String(),
              variable_type: VariableType,
              raw: Type.Boolean({ default: false }),
            }),
          ),
        ),
        priority: Type.Optional(priority()),
        inputs: Type.Optional(Type.Object({}, { additionalProperties: Type.Unknown() })),
      }),
      reply: Pipeline,
      handler: async (call) => {
        const { params, project, caller } = call;
        checkPipelineKeys(params.variables ?? []);
        const ref = await findRef(repositories.of(project.id), params.ref);
        if (!ref) throw invalidRecord({ base: ['Reference not found'] });
        if (!(await mayUpdateRef(db.read, project.id, call.role, ref)))
          throw invalidRecord({ base: [refusedRef(ref.name)] });
        if (!caller.user) throw apiError('unauthorized');
        const request = {
          project,
          user: caller.user,
          ref: ref.name,
          tag: ref.tag,
          sha: ref.sha,
          before_sha: ZERO_SHA,
          source: isInBrowser(caller) ? 'web' : 'api',
          variables: params.variables ?? [],
          inputs: { ...params.inputs },
          priority: cappedPriority(call.role, project, params.priority),
          push_id: null,
        };
        const made = await createPipeline(db, repositories, pipelineSettings(), request, clock());
        if (made.outcome === 'refused') throw invalidRecord({ base: made.messages });
        return answer(call, made.pipeline.id);
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/pipelines/:pipeline_id/variables',
      summary: 'List the variables that a pipeline was given',
      tag,
      ability: 'read_pipeline_variables',
      params: Type.Object(one),
      reply: Type.Array(PipelineVariable),
      handler: async ({ params, project, caller, role }) => {
        const pipeline = await pipelineOf(db, project.id, params.pipeline_id);
        if (!maySeeGiven(pipeline, { ...caller, role })) throw apiError('forbidden');
        const variables = await readPipelineVariables(db.read, pipeline.id);
        return variables.map((row) => pipelineVariable(row, secretKey));
      },
    }),
    projectRoute({
      method: 'PUT',
      path: '/projects/:id/pipelines/:pipeline_id/metadata',
      summary: 'Name a pipeline',
      tag,
      ability: 'update_pipeline',
      jobToken: true,
      params: Type.Object({ ...one, name: Type.String() }),
      reply: PipelineDetails,
      handler: async (call) => {
        const { params, project } = call;
        const pipeline = await pipelineOf(db, project.id, params.pipeline_id);
        await checkRef(parts, call, pipeline);
        if ([...params.name].length > LONGEST_NAME) throw apiError('plain', NAME_TOO_LONG);
        await db.write((tx) => renamePipeline(tx, pipeline.id, params.name, clock()));
        const renamed = withArchived(await pipelineOf(db, project.id, pipeline.id), parts);
        return pipelineDetails(renamed, url(), project.path_with_namespace);
      },
    }),
    projectRoute({
      method: 'POST',
      path: '/projects/:id/pipelines/:pipeline_id/retry',
      summary: 'Run again what failed or was canceled in a pipeline',
      tag,
      ability: 'update_pipeline',
      params: Type.Object(one),
      reply: Pipeline,
      handler: async (call) => {
        const pipeline = await pipelineOf(db, call.project.id, call.params.pipeline_id);
        await checkRef(parts, call, pipeline);
        const options = { user_id: userOf(call.caller), archived_before: archivedBefore(parts) };
        await retryPipeline(db, pipeline.id, options, clock());
        return answer(call, pipeline.id);
      },
    }),
    projectRoute({
      method: 'POST',
      path: '/projects/:id/pipelines/:pipeline_id/cancel',
      summary: 'Cancel what is under way or has yet to come in a pipeline',
      tag,
      ability: 'update_pipeline',
      status: 200,
      params: Type.Object(one),
      reply: Pipeline,
      handler: async (call) => {
        const pipeline = await pipelineOf(db, call.project.id, call.params.pipeline_id);
        await checkRef(parts, call, pipeline);
        await cancelPipeline(db, pipeline.id, clock());
        return answer(call, pipeline.id);
      },
    }),
    projectRoute({
      method: 'DELETE',
      path: '/projects/:id/pipelines/:pipeline_id',
      summary: 'Delete a pipeline with its jobs, logs and artifacts',
      tag,
      ability: 'destroy_pipeline',
      params: Type.Object(one),
      reply: null,
      handler: async ({ params, project, headers }) => {
        const pipeline = await pipelineOf(db, project.id, params.pipeline_id);
        checkUnmodified(headers, pipeline);
        await deletePipeline(db, pipeline, clock());
      },
    }),
  ];
}

const LONGEST_NAME = 255;
const NAME_TOO_LONG = `Failed to update pipeline - Name is too long (maximum is ${LONGEST_NAME} characters)`;

type Who = Pick<ProjectCall<unknown>, 'caller' | 'project' | 'role'>;
