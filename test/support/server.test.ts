import { describe, expect, test } from 'vitest';
import { databases } from './databases.ts';
import { bootServer } from './server.ts';

describe.each(databases)('a server of the tests on %s', (database) => {
  test('answers its root token, and nobody else', async () => {
    const { api } = await bootServer({ database });
    const known = await api<{ version: string }>('GET', '/version');
    expect(known).toMatchObject({ status: 200, body: { version: expect.stringMatching(/^19\./) } });
    expect((await api('GET', '/version', { token: null })).status).toBe(401);
    expect((await api('GET', '/version', { token: 'glpat-wrong' })).status).toBe(401);
  });

  test('starts again on the data it left', async () => {
    const first = await bootServer({ database });
    await first.close();
    const second = await bootServer({ database, config: first.config });
    expect((await second.api('GET', '/version')).status).toBe(200);
  });

  test('shares nothing with another', async () => {
    const [one, other] = await Promise.all([bootServer({ database }), bootServer({ database })]);
    expect(one.url).not.toBe(other.url);
    expect(one.data).not.toBe(other.data);
  });
});
