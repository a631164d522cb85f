import { Type } from 'typebox';
import { entity, nullable } from './entity.ts';

/** A file that a configuration includes; an `artifact` in a child pipeline alone. */
export const Include = entity({
  type: Type.Enum(['local', 'file', 'remote', 'template', 'component', 'artifact']),
  location: Type.String(),
  blob: nullable(Type.String()),
  raw: nullable(Type.String()),
  extra: Type.Object({}, { additionalProperties: Type.Unknown() }),
  context_project: nullable(Type.String()),
  context_sha: nullable(Type.String()),
});
