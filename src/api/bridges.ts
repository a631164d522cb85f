import { Type } from 'typebox';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { listBridges } from '../pipelines/bridge-store.ts';
import { Bridge, bridgeOf } from './entities/bridge.ts';
import { scopeParam } from './job-filter.ts';
import { jobAround } from './jobs.ts';
import { pipelineOf } from './pipelines.ts';

/** The jobs of a pipeline that create others. */
export function bridgeRoutes(parts: Parts): Route[] {
  const { db, url } = parts;
  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/pipelines/:pipeline_id/bridges',
      summary: 'List the bridges of a pipeline, with the pipelines they have created',
      tag: 'Jobs',
      ability: 'read_build',
      params: Type.Object({
        id: subjectId,
        pipeline_id: recordId(),
        ...pageParams,
        scope: scopeParam(false),
      }),
      reply: Type.Array(Bridge),
      handler: async ({ params, caller, project, url: path }) => {
        const pipeline = await pipelineOf(db, project.id, params.pipeline_id);
        const request = pageRequest(params, 'desc', 'Ci::Bridge');
        const page = await listBridges(db.read, pipeline.id, params.scope ?? [], request);
        const around = jobAround(parts, caller, project);
        const items = page.items.map((bridge) => bridgeOf(bridge, around));
        return pageReply(placeOf(url(), { url: path, params }), request, { ...page, items });
      },
    }),
  ];
}
