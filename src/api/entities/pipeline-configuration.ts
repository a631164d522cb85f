import { Type } from 'typebox';
import { entity, nullable } from './entity.ts';
import { Include } from './include.ts';

/** What a pipeline was made of, as it was kept with it. */
export const PipelineConfiguration = entity({
  file: nullable(
    Type.String({ description: 'The project’s own file; null: what the bridge of a child names' }),
  ),
  inputs: nullable(
    Type.Array(
      entity({
        name: Type.String(),
        value: Type.Unknown(),
        file: Type.String({ description: 'Whose input it is' }),
      }),
      { description: 'What it was given; null: not for the caller' },
    ),
  ),
  includes: nullable(Type.Array(Include)),
  merged_yaml: nullable(
    Type.String({ description: 'The configuration in one, includes, extends and inputs resolved' }),
  ),
  reason: nullable(
    Type.Enum(['too_large', 'unreadable', 'not_permitted'], { description: 'Why there is no merged_yaml' }),
  ),
});
