import { type Static, Type } from 'typebox';
import { decrypt } from '../../variables/encrypt.ts';
import type { CiVariable as Row } from '../../variables/variable-store.ts';
import { entity, nullable } from './entity.ts';

const fields = {
  variable_type: Type.String(),
  key: Type.String(),
  value: nullable(Type.String()),
  protected: Type.Boolean(),
  masked: Type.Boolean(),
  raw: Type.Boolean(),
  description: nullable(Type.String()),
};

/** A variable of the server: none is hidden, and all environments get it. */
export const InstanceVariable = entity(fields);

/** A variable of a project or a group. */
export const CiVariable = entity({
  ...fields,
  hidden: Type.Boolean(),
  environment_scope: Type.String(),
});

/** The value of a hidden one is shown to nobody. */
export const instanceVariable = (row: Row, secretKey: Buffer): Static<typeof InstanceVariable> => ({
  variable_type: row.variable_type,
  key: row.key,
  value: row.hidden === 1 ? null : decrypt(secretKey, row.value),
  protected: row.protected === 1,
  masked: row.masked === 1,
  raw: row.raw === 1,
  description: row.description,
});

export const ciVariable = (row: Row, secretKey: Buffer): Static<typeof CiVariable> => ({
  ...instanceVariable(row, secretKey),
  hidden: row.hidden === 1,
  environment_scope: row.environment_scope,
});
