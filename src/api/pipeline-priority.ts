import { Type } from 'typebox';
import { reaches, type Role } from '../access/permissions.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Project } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { prioritisePipeline } from '../pipelines/prioritise-pipeline.ts';
import { checkRef } from './check-ref.ts';
import { Pipeline, pipelineWhole } from './entities/pipeline.ts';
import { pipelineOf, withArchived } from './pipelines.ts';
import { priority } from './project-settings.ts';

/** Whose jobs are handed out first. */
export function pipelinePriorityRoutes(parts: Parts): Route[] {
  const { db, url } = parts;
  return [
    projectRoute({
      method: 'PUT',
      path: '/projects/:id/pipelines/:pipeline_id/priority',
      summary: 'Set the priority of a pipeline; below maintainer, at most that of the project',
      tag: 'Pipelines',
      ability: 'update_pipeline',
      params: Type.Object({ id: subjectId, pipeline_id: recordId(), priority: priority() }),
      reply: Pipeline,
      handler: async (call) => {
        const { params, project, role } = call;
        const before = await pipelineOf(db, project.id, params.pipeline_id);
        await checkRef(parts, call, before);
        await prioritisePipeline(db, before.id, cappedPriority(role, project, params.priority) ?? 0);
        const pipeline = withArchived(await pipelineOf(db, project.id, before.id), parts);
        return pipelineWhole(pipeline, url(), project.path_with_namespace);
      },
    }),
  ];
}

/** What a caller may ask for: maintainers anything, others up to the project's own. */
export function cappedPriority(
  role: Role,
  project: Pick<Project, 'priority'>,
  given: number | undefined,
): number | undefined {
  if (given === undefined || reaches(role, 'maintainer')) return given;
  return Math.min(given, project.priority);
}
