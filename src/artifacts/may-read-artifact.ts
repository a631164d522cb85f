import { reaches, type Role } from '../access/permissions.ts';
import type { Artifact } from './artifact-store.ts';

/** From which role on artifacts are given out that are not for everybody who sees the job. */
const READERS: Record<string, Role | null> = {
  public: 'anonymous',
  private: 'developer',
  maintainer: 'maintainer',
  none: null,
};

export function mayReadArtifact({ accessibility }: Pick<Artifact, 'accessibility'>, role: Role): boolean {
  const least = READERS[accessibility] ?? null;
  return least !== null && reaches(role, least);
}
