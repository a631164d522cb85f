import { type Static, Type } from 'typebox';
import type { Commit as GitCommit } from '../../git/commit.ts';
import type { Annotation, Ref } from '../../git/refs.ts';
import { Commit, commitOf } from './commit.ts';
import { entity, nullable } from './entity.ts';

/** A tag; `message` and `created_at` are those of its annotation, null for a light one. */
export const Tag = entity({
  name: Type.String(),
  message: nullable(Type.String()),
  target: Type.String({ description: 'The SHA of the annotation, or of the commit' }),
  commit: nullable(Commit),
  release: nullable(entity({ tag_name: Type.String(), description: nullable(Type.String()) })),
  protected: Type.Boolean(),
  created_at: nullable(Type.String()),
});

export interface TagAround {
  /** Null when it points to something else. */
  commit: GitCommit | null;
  annotation: Annotation | null;
  protected: boolean;
  /** What is said of it, if it has been released. */
  release: { description: string | null } | undefined;
  /** The project's address, without a slash at its end. */
  projectUrl: string;
}

export const tagOf = ({ name, target }: Ref, around: TagAround): Static<typeof Tag> => ({
  name,
  message: around.annotation?.message ?? null,
  target,
  commit: around.commit && commitOf(around.commit, around.projectUrl),
  release: around.release ? { tag_name: name, description: around.release.description } : null,
  protected: around.protected,
  created_at: around.annotation?.created_at ?? null,
});
