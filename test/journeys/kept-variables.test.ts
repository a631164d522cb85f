import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { encrypt } from '../../src/variables/encrypt.ts';
import { databases } from '../support/databases.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse } from '../support/runner-house.ts';
import { variablesOf } from '../support/variables.ts';

const SECRET = 'hunter2-hunter2';

/** The columns of a plain one. */
const PLAIN = {
  namespace_id: null,
  variable_type: 'env_var',
  protected: 0,
  masked: 0,
  hidden: 0,
  raw: 0,
  description: null,
} as const;

describe.each(databases)('variables that are kept, on %s,', async (database) => {
  const house = await openRunnerHouse(database);
  const { ask, group, project } = variablesOf(house);
  const stored = async (key: string) =>
    (await sql`SELECT * FROM ci_variables WHERE key = ${key}`.execute(house.parts.db.read)).rows;

  test('come to the runner with their flags', async () => {
    const { project: place, runner, start } = await moveIn(house);
    const at = `/projects/${place.id}/variables`;
    await ask('POST', at, { key: 'PLAIN', value: 'open' });
    await ask('POST', at, { key: 'RAW', value: 'not $PLAIN', raw: true, variable_type: 'file' });
    await ask('POST', at, { key: 'HIDDEN', value: SECRET, masked_and_hidden: true });
    await start(planned('job'));
    const { job } = await runner.request();
    const flags = { public: false, file: false, masked: false, raw: false };
    const keys = ['PLAIN', 'RAW', 'HIDDEN'];
    expect(job?.variables.filter(({ key }) => keys.includes(key))).toEqual([
      { ...flags, key: 'PLAIN', value: 'open' },
      { ...flags, key: 'RAW', value: 'not $PLAIN', file: true, raw: true },
      { ...flags, key: 'HIDDEN', value: SECRET, masked: true },
    ]);
  });

  test('go with their project and with their group', async () => {
    const group_id = await group();
    const ids = [await project(), await project({ namespace_id: group_id })];
    const given = ids.map((id) => `/projects/${id}`).concat(`/groups/${group_id}`);
    for (const at of given)
      expect((await ask('POST', `${at}/variables`, { key: 'GOES', value: 'x' })).status).toBe(201);
    expect(await stored('GOES')).toHaveLength(3);
    for (const at of [`/projects/${ids[0]}`, `/groups/${group_id}`])
      expect((await ask('DELETE', at)).status).toBe(202);
    await expect.poll(() => stored('GOES'), { interval: 20, timeout: 20_000 }).toEqual([]);
  });

  test('that are many come to the job, each as it is', async () => {
    const { project: place, runner, start } = await moveIn(house);
    const { db, secretKey } = house.parts;
    const row = { ...PLAIN, project_id: place.id, environment_scope: '*' };
    const many = Array.from({ length: 250 }, (_, index) => ({
      ...row,
      key: `MANY_${index}`,
      value: encrypt(secretKey, `value ${index}`),
    }));
    await db.write((tx) => tx.insertInto('ci_variables').values(many).execute());
    await start(planned('job'));
    const { job } = await runner.request();
    const sent = job?.variables.filter((each) => each.key.startsWith('MANY_'));
    expect(sent?.map((each) => each.value)).toEqual(many.map((_, index) => `value ${index}`));
  });

  test('are stored encrypted', async () => {
    const at = `/projects/${await project()}/variables`;
    await ask('POST', at, { key: 'STORED', value: SECRET, description: 'in the clear' });
    await ask('PUT', `${at}/STORED`, { value: `${SECRET}-2` });
    const rows = await stored('STORED');
    expect(JSON.stringify(rows)).toContain('in the clear');
    expect(JSON.stringify(rows)).not.toContain(SECRET);
  });
});
