import { type Static, Type } from 'typebox';
import type { LinkedPipeline as Row } from '../../pipelines/linked-pipeline-store.ts';
import { entity, isoOrNull, Moment, nullable } from './entity.ts';
import { PipelineItem, pipelineItem } from './pipeline.ts';
import { UserBasic, userBasic } from './user.ts';

/** A pipeline upstream or downstream, with where it is. */
export const LinkedPipeline = entity({
  ...PipelineItem.properties,
  path_with_namespace: Type.String({ description: 'Of its project' }),
  name_with_namespace: Type.String({ description: 'Of its project' }),
  user: nullable(UserBasic),
  started_at: nullable(Moment),
  finished_at: nullable(Moment),
  duration: nullable(Type.Integer({ description: 'Seconds' })),
});

export const linkedPipeline = (row: Row, url: string): Static<typeof LinkedPipeline> => ({
  ...pipelineItem(row, `${url}/${row.project.path_with_namespace}`),
  path_with_namespace: row.project.path_with_namespace,
  name_with_namespace: row.project.name_with_namespace,
  user: row.user && userBasic(row.user, url),
  started_at: isoOrNull(row.started_at),
  finished_at: isoOrNull(row.finished_at),
  duration: row.duration,
});
