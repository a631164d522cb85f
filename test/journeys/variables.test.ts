import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { addPerson, type Person } from '../support/people.ts';
import { openRunnerHouse } from '../support/runner-house.ts';
import { type Variable, variablesOf } from '../support/variables.ts';

const SECRET = 'hunter2-hunter2';
const PLAIN = {
  variable_type: 'env_var',
  protected: false,
  masked: false,
  raw: false,
  description: null,
};
const OWNED = { ...PLAIN, hidden: false, environment_scope: '*' };

describe.each(databases)('variables on %s', async (database) => {
  const house = await openRunnerHouse(database, { project_ci_variables: 3, ci_instance_level_variables: 2 });
  const { ask, create, group, project } = variablesOf(house);
  /** Of a project and of a group of their own, where they are: what holds for both. */
  const places = async () => [`/projects/${await project()}/variables`, `/groups/${await group()}/variables`];
  /** What a person is answered who lists, reads, adds, changes and deletes. */
  const statuses = async (at: string, { token }: Pick<Person, 'token'>) => {
    expect((await ask('POST', at, { key: 'THERE', value: SECRET })).status).toBe(201);
    const replies = [
      await ask('GET', at, undefined, token),
      await ask('GET', `${at}/THERE`, undefined, token),
      await ask('POST', at, { key: 'MINE', value: 'x' }, token),
      await ask('PUT', `${at}/THERE`, { value: 'x' }, token),
      await ask('DELETE', `${at}/THERE`, undefined, token),
    ];
    const may = replies[0]?.status === 200;
    expect(JSON.stringify(replies.map(({ body }) => body)).includes(SECRET)).toBe(may);
    for (const { key } of (await ask<Variable[]>('GET', at)).body) await ask('DELETE', `${at}/${key}`);
    return [...new Set(replies.map(({ status }) => status))];
  };

  test('of projects and groups are given, shown, changed and taken away', async () => {
    for (const at of await places()) {
      expect(await ask('POST', at, { key: ' A ', value: '' })).toMatchObject({
        status: 201,
        body: { ...OWNED, key: 'A', value: '' },
      });
      const whole = {
        key: 'B_2',
        value: 'line\nline',
        variable_type: 'file',
        protected: true,
        raw: true,
        environment_scope: ' review/* ',
        description: 'Why',
      };
      const shown = { ...whole, masked: false, hidden: false, environment_scope: 'review/*' };
      expect(await ask('POST', at, whole)).toMatchObject({ status: 201, body: shown });
      expect((await ask('GET', `${at}/B_2`)).body).toEqual(shown);
      const list = await ask<Variable[]>('GET', at);
      expect([list.status, list.body.map(({ key }) => key)]).toEqual([200, ['A', 'B_2']]);
      const page = await ask<Variable[]>('GET', `${at}?pagination=keyset&per_page=1`);
      expect([page.body.map(({ key }) => key), page.headers.get('link')]).toEqual([
        ['A'],
        expect.stringContaining('rel="next"'),
      ]);

      const change = { value: SECRET, masked: true, protected: false, raw: false, variable_type: 'env_var' };
      expect(await ask('PUT', `${at}/B_2`, { ...change, description: null })).toMatchObject({
        status: 200,
        body: { ...shown, ...change, description: null },
      });
      expect((await ask('PUT', `${at}/B_2`, {})).body).toEqual({ ...shown, ...change, description: null });
      expect((await ask('DELETE', `${at}/B_2`)).status).toBe(204);
      const what = at.startsWith('/groups') ? 'GroupVariable' : 'Variable';
      for (const method of ['GET', 'PUT', 'DELETE'])
        expect(await ask(method, `${at}/B_2`)).toMatchObject({
          status: 404,
          body: { message: `404 ${what} Not Found` },
        });
    }
  });

  test('of the server have no scope, and are for administrators alone', async () => {
    const at = '/admin/ci/variables';
    expect(await ask('POST', at, { key: 'OF_SERVER', value: 'x', environment_scope: 'y' })).toMatchObject({
      status: 201,
      body: { ...PLAIN, key: 'OF_SERVER', value: 'x' },
    });
    expect((await ask('GET', `${at}/OF_SERVER`)).body).toEqual({ ...PLAIN, key: 'OF_SERVER', value: 'x' });
    expect((await ask('POST', at, { key: 'OF_SERVER', value: 'y' })).body).toEqual({
      message: { key: ['(OF_SERVER) has already been taken'] },
    });
    expect((await ask('PUT', `${at}/OF_SERVER`, { value: 'z', protected: true })).body).toEqual({
      ...PLAIN,
      key: 'OF_SERVER',
      value: 'z',
      protected: true,
    });
    expect((await ask('POST', at, { key: 'SECOND', value: 'x' })).status).toBe(201);
    expect(await ask('POST', at, { key: 'THIRD', value: 'x' })).toMatchObject({
      status: 400,
      body: { message: { base: ['Maximum number of ci instance level variables (2) exceeded'] } },
    });
    const { token } = await addPerson(house.api, 'user');
    for (const [method, path] of [
      ['GET', at],
      ['GET', `${at}/OF_SERVER`],
      ['POST', at],
      ['PUT', `${at}/OF_SERVER`],
      ['DELETE', `${at}/OF_SERVER`],
    ] as const)
      expect(
        await ask(method, path, method === 'GET' ? undefined : { key: 'K', value: 'x' }, token),
      ).toMatchObject({ status: 403 });
    const keys = (await ask<Variable[]>('GET', at)).body.map(({ key }) => key);
    expect(keys).toEqual(['OF_SERVER', 'SECOND']);
    for (const key of keys) expect((await ask('DELETE', `${at}/${key}`)).status).toBe(204);
    expect(await ask('GET', `${at}/SECOND`)).toMatchObject({
      status: 404,
      body: { message: '404 InstanceVariable Not Found' },
    });
  });

  test('are refused in words by field, and stay as they were', async () => {
    const long = 'x'.repeat(256);
    const words = "can contain only letters, digits and '_'.";
    const scopeWords = "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', '*' and spaces";
    const tooLong = 'is too long (maximum is 255 characters)';
    for (const at of await places()) {
      const refused = async (given: object) => {
        const { status, body } = await ask<object>('POST', at, { key: 'K', value: 'x', ...given });
        return status === 400 ? body : status;
      };
      expect((await ask('POST', at, {})).body).toEqual({ error: 'key is missing, value is missing' });
      expect(await refused({ variable_type: 'secret', protected: 'perhaps' })).toEqual({
        error: 'variable_type does not have a valid value, protected is invalid',
      });
      expect(await refused({ key: ' ' })).toEqual({ message: { key: ["can't be blank", words] } });
      expect(await refused({ key: `${long}-` })).toEqual({ message: { key: [tooLong, words] } });
      expect(await refused({ key: 'A-B' })).toEqual({ message: { key: [words] } });
      expect(await refused({ key: long, description: long })).toEqual({
        message: { key: [tooLong], description: [tooLong] },
      });
      expect(await refused({ value: 'x'.repeat(10_001) })).toEqual({
        message: { value: ['The value of the provided variable exceeds the 10000 character limit'] },
      });
      expect(await refused({ environment_scope: ' ' })).toEqual({
        message: { environment_scope: ["can't be blank"] },
      });
      expect(await refused({ environment_scope: 'a,b' })).toEqual({
        message: { environment_scope: [scopeWords] },
      });
      for (const value of ['short', 'with a space', 'two\nlines', 'a$reference', 'a,comma!'])
        expect([value, await refused({ value, masked: true })]).toEqual([
          value,
          { message: { value: ['is invalid'] } },
        ]);
      for (const value of ['short', 'with a space', 'two\nlines'])
        expect(await refused({ value, masked: true, raw: true })).toEqual({
          message: { value: ['is invalid'] },
        });
      expect(await refused({ value: 'a$raw,one!', masked: true, raw: true })).toBe(201);
      const after = async () => (await ask('GET', `${at}/K`)).body;
      const before = await after();
      expect((await ask('PUT', `${at}/K`, { raw: false })).body).toEqual({
        message: { value: ['is invalid'] },
      });
      expect((await ask('PUT', `${at}/K`, { value: 'short' })).body).toEqual({
        message: { value: ['is invalid'] },
      });
      expect(await after()).toEqual(before);
    }
  });

  test('of one key are told apart by their scope', async () => {
    for (const at of await places()) {
      const given = (environment_scope: string) =>
        ask('POST', at, { key: 'K', value: environment_scope, environment_scope });
      expect((await given('*')).status).toBe(201);
      expect((await given('prod')).status).toBe(201);
      expect(await given('prod')).toMatchObject({
        status: 400,
        body: { message: { key: ['(K) has already been taken'] } },
      });
      const several =
        "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'";
      for (const method of ['GET', 'PUT', 'DELETE'])
        expect(await ask(method, `${at}/K`)).toMatchObject({ status: 409, body: { message: several } });
      const of = (scope: string) => `${at}/K?filter[environment_scope]=${encodeURIComponent(scope)}`;
      expect((await ask('GET', of('prod'))).body).toMatchObject({ value: 'prod' });
      expect((await ask('GET', of('*'))).body).toMatchObject({ value: '*' });
      expect((await ask('GET', of('pro*'))).status).toBe(404);
      expect(await ask('PUT', of('prod'), { environment_scope: '*' })).toMatchObject({
        status: 400,
        body: { message: { key: ['(K) has already been taken'] } },
      });
      const filter = { environment_scope: 'prod' };
      expect(await ask('PUT', `${at}/K`, { filter, environment_scope: 'test' })).toMatchObject({
        status: 200,
        body: { value: 'prod', environment_scope: 'test' },
      });
      expect((await ask('DELETE', of('*'))).status).toBe(204);
      expect((await ask('GET', `${at}/K`)).body).toMatchObject({ environment_scope: 'test' });
    }
  });

  test('that are asked for at once are one, and no more than the limit', async () => {
    const at = `/projects/${await project()}/variables`;
    const give = (key: string) => ask('POST', at, { key, value: 'x' });
    const same = await Promise.all(Array.from({ length: 5 }, () => give('SAME')));
    expect(same.map(({ status }) => status).toSorted()).toEqual([201, 400, 400, 400, 400]);
    const many = await Promise.all(['A', 'B', 'C', 'D'].map(give));
    expect(many.filter(({ status }) => status === 201)).toHaveLength(2);
    expect((await give('E')).body).toEqual({
      message: { base: ['Maximum number of project ci variables (3) exceeded'] },
    });
  });

  test('that are hidden are never shown again, and stay masked', async () => {
    for (const at of await places()) {
      const hidden = { ...OWNED, key: 'H', value: null, masked: true, hidden: true };
      const given = { key: 'H', value: SECRET, masked_and_hidden: true };
      expect(await ask('POST', at, { ...given, value: 'short' })).toMatchObject({ status: 400 });
      expect(await ask('POST', at, given)).toMatchObject({ status: 201, body: hidden });
      expect((await ask('GET', `${at}/H`)).body).toEqual(hidden);
      expect((await ask<Variable[]>('GET', at)).body).toEqual([hidden]);
      expect(await ask('PUT', `${at}/H`, { masked: false, hidden: false })).toMatchObject({
        status: 400,
        body: {
          message: {
            base: ['The visibility setting cannot be changed for masked and hidden variables.'],
          },
        },
      });
      const changed = await ask('PUT', `${at}/H`, { value: `${SECRET}-2`, hidden: false, description: 'd' });
      expect(changed).toMatchObject({ status: 200, body: { ...hidden, description: 'd' } });
      expect((await ask('GET', `${at}/H`)).body).toEqual({ ...hidden, description: 'd' });
    }
  });

  test('are for maintainers of a project and for owners of a group', async () => {
    const group_id = await group();
    const project_id = await project({ namespace_id: group_id, visibility: 'private' });
    const member = async (access_level: number): Promise<Person> => {
      const person = await addPerson(house.api, 'member');
      await create(`/groups/${group_id}/members`, { user_id: person.id, access_level });
      return person;
    };
    const [developer, maintainer, owner] = [await member(30), await member(40), await member(50)];
    const nobody = await addPerson(house.api, 'nobody');
    const all = [200, 201, 204];
    const ofProject = `/projects/${project_id}/variables`;
    expect(await statuses(ofProject, nobody)).toEqual([404]);
    expect(await statuses(ofProject, developer)).toEqual([403]);
    expect(await statuses(ofProject, maintainer)).toEqual(all);
    const ofGroup = `/groups/${group_id}/variables`;
    expect(await statuses(ofGroup, nobody)).toEqual([404]);
    expect(await statuses(ofGroup, maintainer)).toEqual([403]);
    expect(await statuses(ofGroup, owner)).toEqual(all);
  });
});
