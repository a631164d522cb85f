import type { Kysely } from 'kysely';
import type { Role } from '../access/permissions.ts';
import type { Tables } from '../db/schema.ts';
import type { Artifact } from './artifact-store.ts';
import { mayReadArtifact } from './may-read-artifact.ts';
import { ancestorsOf } from './pipeline-family-store.ts';

/**
 * Whether a job may fetch an artifact, being of that role on the artifact's project. What its own pipeline and those
 * above it have left is there for their later jobs, whoever else may read it; all other is read as people read it.
 */
export async function mayFetchArtifact(
  db: Kysely<Tables>,
  consumer: { pipeline_id: number; project_id: number },
  artifact: Pick<Artifact, 'pipeline_id' | 'accessibility'>,
  role: Role,
): Promise<boolean> {
  if (artifact.pipeline_id === consumer.pipeline_id || mayReadArtifact(artifact, role)) return true;
  const { pipeline_id: id, project_id } = consumer;
  return (await ancestorsOf(db, { id, project_id })).includes(artifact.pipeline_id);
}
