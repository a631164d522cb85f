import { type Static, Type } from 'typebox';
import { decrypt } from '../../variables/encrypt.ts';
import { entity, nullable } from './entity.ts';

/** A variable that a pipeline was given, or that a schedule gives to its pipelines. */
export const PipelineVariable = entity({
  variable_type: Type.String(),
  key: Type.String(),
  value: nullable(Type.String()),
  raw: Type.Boolean(),
});

/** A row of either, whose value is encrypted under the key. */
export const pipelineVariable = (
  row: { variable_type: string; key: string; value: string; raw: 0 | 1 },
  secretKey: Buffer,
): Static<typeof PipelineVariable> => ({
  variable_type: row.variable_type,
  key: row.key,
  value: decrypt(secretKey, row.value),
  raw: row.raw === 1,
});
