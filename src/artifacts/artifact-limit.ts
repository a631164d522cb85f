import type { ArtifactType } from './artifact-types.ts';

/** The sizes that uploads are held to, in bytes. */
export interface ArtifactLimits {
  artifact_size: number;
  artifact_size_lsif: number;
  artifact_size_terraform: number;
  artifact_size_cyclonedx: number;
}

/** The most bytes of an artifact of this type: its own limit where it has one, never above that of all. */
export function artifactLimit(type: ArtifactType, limits: ArtifactLimits): number {
  const own = {
    lsif: limits.artifact_size_lsif,
    terraform: limits.artifact_size_terraform,
    cyclonedx: limits.artifact_size_cyclonedx,
  };
  return Math.min(limits.artifact_size, type in own ? own[type as keyof typeof own] : Infinity);
}
