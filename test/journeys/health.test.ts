import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { bootServer } from '../support/server.ts';

describe.each(databases)('whether a server on %s is well', async (database) => {
  const { api } = await bootServer({ database });

  test('is told to anybody, as load balancers ask', async () => {
    expect(await api('GET', '/-/health', { token: null })).toMatchObject({ status: 200, body: 'GitLab OK' });
    expect(await api('GET', '/-/liveness', { token: null })).toMatchObject({ body: { status: 'ok' } });
    expect(await api('GET', '/-/readiness', { token: null })).toMatchObject({
      status: 200,
      body: { status: 'ok', db_check: [{ status: 'ok' }] },
    });
  });

  test('stands in figures by route, for this machine and administrators, not for whom a proxy lets in', async () => {
    await api('GET', '/projects/999999/jobs');
    const metrics = await api<string>('GET', '/-/metrics', { token: null });
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    expect(metrics.body).toMatch(
      /^jobyard_http_request_duration_seconds_count\{method="GET",route="\/api\/v4\/projects\/:id\/jobs",status="404"\} \d+$/m,
    );
    for (const header of ['x-forwarded-for', 'forwarded']) {
      const headers = { [header]: 'for=192.0.2.7' };
      expect(await api('GET', '/-/metrics', { token: null, headers })).toMatchObject({ status: 404 });
      expect(await api('GET', '/-/metrics', { headers })).toMatchObject({ status: 200 });
    }
  });

  test('the version is that of the GitLab whose API is spoken', async () => {
    const version = { version: expect.stringMatching(/^19\.\d+\.\d+$/), revision: expect.any(String) };
    expect((await api('GET', '/version')).body).toEqual(version);
    const kas = { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null };
    expect((await api('GET', '/metadata')).body).toEqual({ ...version, kas, enterprise: false });
  });
});
