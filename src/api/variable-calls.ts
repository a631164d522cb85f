import { type Static, Type } from 'typebox';
import { EVERYWHERE } from '../ci/stored-variable.ts';
import { ApiError, notFound } from '../errors.ts';
import { type PageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import type { Reply } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { createVariable, type Most, updateVariable } from '../variables/change-variable.ts';
import {
  type CiVariable,
  deleteVariable,
  findVariables,
  listVariables,
  type Owner,
} from '../variables/variable-store.ts';

const changeable = {
  variable_type: Type.Optional(Type.Enum(['env_var', 'file'])),
  protected: Type.Optional(Type.Boolean()),
  masked: Type.Optional(Type.Boolean()),
  raw: Type.Optional(Type.Boolean()),
  description: Type.Optional(Type.Union([Type.String(), Type.Null()])),
};
const environment_scope = Type.Optional(Type.String({ description: 'In which `*` is any text' }));

/** The parameters of a variable of the server. */
export const newParams = { key: Type.String(), value: Type.String(), ...changeable };
export const changeParams = { value: Type.Optional(Type.String()), ...changeable };
export const keyParams = { key: Type.String() };

/** The same of a variable of a project or a group, of whose key there may be several. */
export const newScopedParams = {
  ...newParams,
  masked_and_hidden: Type.Optional(Type.Boolean()),
  environment_scope,
};
export const scopedKeyParams = {
  ...keyParams,
  filter: Type.Optional(Type.Object({ environment_scope: Type.Optional(Type.String()) })),
};
export const changeScopedParams = { ...changeParams, environment_scope };

const newParameters = Type.Object(newScopedParams);
const changeParameters = Type.Object(changeScopedParams);
const keyParameters = Type.Object(scopedKeyParams);
type New = Static<typeof newParameters>;
type Change = Static<typeof changeParameters>;
type Key = Static<typeof keyParameters>;

const bit = (value: boolean | undefined): 0 | 1 => (value === true ? 1 : 0);

/** What is done with the variables of an owner, whichever it is. `what` it is called where there is none. */
export function variableCalls<Shown extends object>(
  { db, secretKey, url }: Parts,
  what: string,
  most: Most,
  present: (row: CiVariable, secretKey: Buffer) => Shown,
) {
  const one = async (owner: Owner, { key, filter }: Key): Promise<CiVariable> => {
    const [found, another] = await findVariables(db.read, owner, key, filter?.environment_scope);
    if (!found) throw notFound(what);
    if (another)
      throw new ApiError(409, {
        message:
          "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'",
      });
    return found;
  };
  return {
    list: async (owner: Owner, call: { params: PageParams; url: string }): Promise<Reply> => {
      const request = pageRequest(call.params, 'asc');
      const found = await listVariables(db.read, owner, request);
      const items = found.items.map((row) => present(row, secretKey));
      return pageReply(placeOf(url(), call), request, { ...found, items });
    },
    get: async (owner: Owner, key: Key) => present(await one(owner, key), secretKey),
    create: async (owner: Owner, given: New) => {
      const variable = {
        key: given.key.trim(),
        value: given.value,
        variable_type: given.variable_type ?? 'env_var',
        protected: bit(given.protected),
        masked: bit(given.masked === true || given.masked_and_hidden === true),
        hidden: bit(given.masked_and_hidden),
        raw: bit(given.raw),
        environment_scope: given.environment_scope?.trim() ?? EVERYWHERE,
        description: given.description ?? null,
      } as const;
      return present(await createVariable(db, secretKey, owner, variable, most), secretKey);
    },
    change: async (owner: Owner, given: Key & Change) => {
      const { id } = await one(owner, given);
      const { value, variable_type, description, environment_scope: scope } = given;
      const change = {
        ...(value !== undefined && { value }),
        ...(variable_type !== undefined && { variable_type }),
        ...(given.protected !== undefined && { protected: bit(given.protected) }),
        ...(given.masked !== undefined && { masked: bit(given.masked) }),
        ...(given.raw !== undefined && { raw: bit(given.raw) }),
        ...(description !== undefined && { description }),
        ...(scope !== undefined && { environment_scope: scope.trim() }),
      } as const;
      const changed = await updateVariable(db, secretKey, id, change);
      if (!changed) throw notFound(what);
      return present(changed, secretKey);
    },
    remove: async (owner: Owner, key: Key): Promise<void> => {
      const { id } = await one(owner, key);
      await db.write((tx) => deleteVariable(tx, id));
    },
  };
}
