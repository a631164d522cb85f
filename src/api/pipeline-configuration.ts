import { Type } from 'typebox';
import { allowsOnProject, type Visibility } from '../access/permissions.ts';
import { apiError } from '../errors.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { showConfiguration } from '../pipelines/kept-configuration.ts';
import { readConfiguration } from '../pipelines/kept-store.ts';
import { PipelineConfiguration } from './entities/pipeline-configuration.ts';
import { pipelineOf } from './pipelines.ts';

const NOT_KEPT =
  '404 Configuration Not Found: none was kept with this pipeline. It was skipped, or created before they were kept.';

/** What a pipeline was made of: whatever has become of its files since, and with what it was given. */
export function pipelineConfigurationRoutes({ db, clock, secretKey }: Parts): Route[] {
  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/pipelines/:pipeline_id/configuration',
      summary: 'Get the configuration that a pipeline was made of, and the inputs that it was given',
      tag: 'CI lint',
      ability: 'read_build',
      params: Type.Object({ id: subjectId, pipeline_id: recordId() }),
      reply: PipelineConfiguration,
      handler: async ({ params, project, caller: { user }, role }) => {
        const subject = { ...project, visibility: project.visibility as Visibility };
        if (!allowsOnProject('read_code', role, subject)) throw apiError('forbidden');
        const pipeline = await pipelineOf(db, project.id, params.pipeline_id);
        const kept = await readConfiguration(db.read, pipeline.id);
        const shown =
          kept && (await showConfiguration(db, secretKey, kept, pipeline, { user, role }, clock()));
        if (!shown) throw apiError('plain_not_found', NOT_KEPT);
        return shown;
      },
    }),
  ];
}
