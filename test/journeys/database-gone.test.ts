import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { breakableWire } from '../support/breakable-wire.ts';
import { databases } from '../support/databases.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { bootServer } from '../support/server.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';

const because = (reason: string) => ({
  status: 503,
  body: { message: `503 Service Unavailable - ${reason}` },
});
const GONE = because('the database cannot be reached');
const SLOW = because('the database did not answer in time');
const NONE_LEFT = because('the database has no connection left');

describe.runIf(databases.includes('postgres'))('a server whose PostgreSQL goes', () => {
  test('says so with 503, to runners too, and goes on when it is back', async () => {
    const wire = await breakableWire(await createTestDatabase());
    const { api, url } = await bootServer({
      database: 'postgres',
      config: { database_url: wire.url, log_level: 'silent', limits: { job_request_hold: 50 } },
    });
    const project = await api<{ id: number }>('POST', '/projects', { body: { name: 'p' } });
    const at = `/projects/${project.body.id}`;
    const made = await api<{ token: string }>('POST', '/user/runners', {
      body: { runner_type: 'project_type', project_id: project.body.id },
    });
    const runner = new SimulatedRunner(url, made.body.token);
    expect(await runner.request()).toMatchObject({ status: 204 });

    await wire.cut();
    expect(await api('GET', at)).toMatchObject(GONE);
    expect(await api('PUT', at, { body: { description: 'lost' } })).toMatchObject(GONE);
    expect(await runner.request()).toMatchObject({ status: 503 });
    expect(await api('GET', '/-/liveness', { token: null })).toMatchObject({ status: 200 });
    expect(await api('GET', '/-/readiness', { token: null })).toMatchObject({ status: 503 });

    await wire.mend();
    expect(await api('PUT', at, { body: { description: 'kept' } })).toMatchObject({ status: 200 });
    expect(await api('GET', at)).toMatchObject({ status: 200, body: { description: 'kept' } });
    expect(await runner.request()).toMatchObject({ status: 204 });
    runner.close();
  });

  test('says so when PostgreSQL is silent, instead of waiting for ever; and goes on when it speaks', async () => {
    const wire = await breakableWire(await createTestDatabase());
    const { api, url } = await bootServer({
      database: 'postgres',
      config: {
        database_url: wire.url,
        log_level: 'silent',
        limits: { job_request_hold: 50, database_statement: 1500 },
      },
    });
    const project = await api<{ id: number }>('POST', '/projects', { body: { name: 'p' } });
    const at = `/projects/${project.body.id}`;
    const fields = { runner_type: 'project_type', project_id: project.body.id };
    const made = await api<{ token: string }>('POST', '/user/runners', { body: fields });
    const runner = new SimulatedRunner(url, made.body.token);
    expect(await runner.request()).toMatchObject({ status: 204 });

    wire.hold();
    // More than there are connections.
    const reads = Array.from({ length: 15 }, () => api('GET', at));
    const change = api('PUT', at, { body: { description: 'unheard' } });
    const replies = await Promise.all([change, runner.request(), ...reads]);
    for (const { status } of replies) expect(status).toBe(503);
    expect(replies).toContainEqual(expect.objectContaining(SLOW));
    expect(await api('GET', '/-/liveness', { token: null })).toMatchObject({ status: 200 });
    expect(await api('GET', '/-/readiness', { token: null })).toMatchObject({ status: 503 });

    wire.release();
    expect(await api('PUT', at, { body: { description: 'kept' } })).toMatchObject({ status: 200 });
    expect(await api('GET', at)).toMatchObject({ status: 200, body: { description: 'kept' } });
    expect(await runner.request()).toMatchObject({ status: 204 });
    runner.close();
  });

  test('says so when PostgreSQL has no connection left, and goes on when it has', async () => {
    const url = new URL(await createTestDatabase());
    const operator = new pg.Client({ connectionString: url.href });
    await operator.connect();
    const role = url.pathname.slice(1);
    await operator.query(`CREATE ROLE ${role} LOGIN PASSWORD 'limited'`);
    await operator.query(`ALTER DATABASE ${role} OWNER TO ${role}`);
    for (const what of ['TABLES', 'SEQUENCES'])
      await operator.query(`GRANT ALL ON ALL ${what} IN SCHEMA public TO ${role}`);
    [url.username, url.password] = [role, 'limited'];
    const { api, close } = await bootServer({
      database: 'postgres',
      config: { database_url: url.href, log_level: 'silent' },
    });
    const { body: project } = await api<{ id: number }>('POST', '/projects', { body: { name: 'p' } });
    const at = `/projects/${project.id}`;

    await operator.query(`ALTER ROLE ${role} CONNECTION LIMIT 0`);
    await operator.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role]);
    await expect.poll(() => api('GET', at)).toMatchObject(NONE_LEFT);
    expect(await api('PUT', at, { body: { description: 'lost' } })).toMatchObject(NONE_LEFT);
    expect(await api('GET', '/-/liveness', { token: null })).toMatchObject({ status: 200 });

    await operator.query(`ALTER ROLE ${role} CONNECTION LIMIT -1`);
    expect(await api('PUT', at, { body: { description: 'kept' } })).toMatchObject({ status: 200 });
    await close();
    await operator.query(`ALTER DATABASE ${role} OWNER TO CURRENT_USER`);
    await operator.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await operator.end();
  });

  test('outlives the end of its connections in the middle of its work', async () => {
    const database_url = await createTestDatabase();
    const { api } = await bootServer({
      database: 'postgres',
      config: { database_url, log_level: 'silent' },
    });
    const { body: project } = await api<{ id: number }>('POST', '/projects', { body: { name: 'p' } });
    const operator = new pg.Client({ connectionString: database_url });
    await operator.connect();
    const statuses = new Set<number>();
    let acknowledged = '';
    for (let round = 0; round < 6; round += 1) {
      const changes = Array.from({ length: 10 }, async (_, at) => {
        const description = `${round}.${at}`;
        const { status } = await api('PUT', `/projects/${project.id}`, { body: { description } });
        statuses.add(status);
        if (status === 200) acknowledged = description;
      });
      await operator.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      await Promise.all(changes);
    }
    await operator.end();
    expect([...statuses].toSorted()).toEqual([200, 503]);
    expect(acknowledged).not.toBe('');
    expect(await api('PUT', `/projects/${project.id}`, { body: { description: 'after' } })).toMatchObject({
      status: 200,
    });
    expect(await api('GET', `/projects/${project.id}`)).toMatchObject({ body: { description: 'after' } });
  });
});
