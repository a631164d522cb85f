import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { fileHost } from '../support/file-host.ts';
import { base, includesHouse, oneJob as job } from '../support/includes-house.ts';

let release: (() => void) | undefined;
const host = await fileHost((request, response) => {
  if (request.url === '/shared.yml') response.end(job('remote'));
  else if (request.url === '/moved.yml') response.writeHead(302, { location: '/shared.yml' }).end();
  else if (request.url?.startsWith('/counted')) response.end(job(`asked-${host.requests.length}`));
  else if (request.url === '/inner.yml')
    response.writeHead(302, { location: `http://127.0.0.2:${host.port}/shared.yml` }).end();
  else if (request.url === '/held.yml') release = () => response.end(job('slow'));
  else response.writeHead(404).end();
});

describe.each(databases)('includes from addresses, on %s', async (kind) => {
  const { house, start, jobsOf, including, refused } = await includesHouse(kind);

  test('are fetched, through redirects', async () => {
    expect(await jobsOf(await including(`include: ${host.url}/moved.yml\n`))).toEqual(['remote']);
  });

  test('are refused where the address is private and not allowed, also behind a redirect', async () => {
    const before = host.requests.length;
    const localhost = base(
      'Remote file could not be fetched because URL is blocked: Requests to localhost are not allowed!',
    );
    expect(await refused(`http://127.0.0.2:${host.port}/shared.yml`)).toEqual(localhost);
    expect(await refused(`http://[::1]:${host.port}/shared.yml`)).toEqual(localhost);
    expect(await refused('http://169.254.169.254/latest/meta-data/a.yml')).toEqual(
      base(
        'Remote file could not be fetched because URL is blocked: Requests to the link local network are not allowed!',
      ),
    );
    expect(host.requests).toHaveLength(before);
    expect(await refused(`${host.url}/inner.yml`)).toEqual(localhost);
    expect(host.requests.slice(before).map(({ url }) => url)).toEqual(['/inner.yml']);
  });

  test('that fail say why', async () => {
    expect(await refused(`${host.url}/missing.yml`)).toEqual(
      base(
        `Remote file \`${host.url}/missing.yml\` could not be fetched because of HTTP code \`404\` error!`,
      ),
    );
  });

  test('are fetched anew unless they say cache, and then when it is over', async () => {
    const asked = () => host.requests.filter(({ url }) => url === `/counted-${kind}.yml`).length;
    const url = `${host.url}/counted-${kind}.yml`;
    const without = await including(`include: [{remote: ${url}}]\n`);
    const cached = await including(`include: [{remote: ${url}, cache: 2 hours}]\n`);
    await start(without);
    await start(without);
    expect(asked()).toBe(2);
    await start(cached);
    await start(cached);
    expect(asked()).toBe(3);
    house.ahead += 2 * 60 * 60 * 1000;
    await start(cached);
    expect(asked()).toBe(4);
  });

  test('that take long hold up no other pipeline', async () => {
    const slow = await including(`include: ${host.url}/held.yml\n`);
    const other = await including(job('other'));
    const waiting = jobsOf(slow);
    await expect.poll(() => release).toBeDefined();
    expect(await jobsOf(other)).toEqual(['other']);
    release?.();
    release = undefined;
    expect(await waiting).toEqual(['slow']);
  });
});
