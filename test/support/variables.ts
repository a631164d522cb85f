import { expect } from 'vitest';
import type { RunnerHouse } from './runner-house.ts';

export interface Variable {
  key: string;
  value: string | null;
  variable_type: string;
  protected: boolean;
  masked: boolean;
  hidden?: boolean;
  raw: boolean;
  environment_scope?: string;
  description: string | null;
}

let made = 0;

/** Projects and groups of root's, and how their variables are asked for. */
export function variablesOf(house: RunnerHouse) {
  const ask = <T = Variable>(method: string, path: string, body?: object, token?: string) =>
    house.api<T>(method, path, { ...(body && { body }), ...(token === undefined ? {} : { token }) });
  const create = async (path: string, body: object): Promise<number> => {
    const reply = await ask<{ id: number }>('POST', path, body);
    expect(reply).toMatchObject({ status: 201 });
    return reply.body.id;
  };
  return {
    ask,
    create,
    group: () => create('/groups', { name: `g${++made}`, path: `g${made}` }),
    project: (fields: object = {}) => create('/projects', { name: `p${++made}`, ...fields }),
  };
}
