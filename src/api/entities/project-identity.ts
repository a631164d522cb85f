import { Type } from 'typebox';
import { entity, Moment, nullable } from './entity.ts';

/** What every reply that tells of a project says first. */
export const projectIdentity = {
  id: Type.Integer(),
  description: nullable(Type.String()),
  name: Type.String(),
  name_with_namespace: Type.String(),
  path: Type.String(),
  path_with_namespace: Type.String(),
  created_at: Moment,
};

/** A project as other things name theirs. */
export const ProjectIdentity = entity(projectIdentity);
