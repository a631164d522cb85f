import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { bootServer } from './support/server.ts';

const repository = resolve(import.meta.dirname, '..');
const page = await readFile(join(repository, 'docs/compatibility.md'), 'utf8');

/** The endpoints of the document of 2017. */
const OF_2017 = [
  'GET /projects/:id/jobs',
  'GET /projects/:id/pipeline/:pipeline_id/jobs',
  'GET /projects/:id/jobs/:job_id',
  'GET /projects/:id/jobs/:job_id/artifacts',
  'GET /projects/:id/jobs/artifacts/:ref_name+/download',
  'GET /projects/:id/jobs/:job_id/trace',
  'POST /projects/:id/jobs/:job_id/cancel',
  'POST /projects/:id/jobs/:job_id/retry',
  'POST /projects/:id/jobs/:job_id/erase',
  'POST /projects/:id/jobs/:job_id/artifacts/keep',
  'POST /projects/:id/jobs/:job_id/play',
];

/** The rows of the tables: a route, how it compares, and what else stands there. */
const rows = [...page.matchAll(/^\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`\s*\|(.*)\|$/gm)].map(
  ([, route, rest]) => ({
    route: route ?? '',
    cells: (rest ?? '').split('|').map((cell) => cell.trim()),
  }),
);

test('the page about compatibility has a row for every route, and none for another', async () => {
  const server = await bootServer();
  const registered = server.routes.map(({ method, path }) => `${method} ${path}`);
  expect(registered.length).toBeGreaterThan(50);
  expect(rows.map(({ route }) => route).toSorted()).toEqual(registered.toSorted());
  for (const { route, cells } of rows) expect(`${route}: ${cells[0]}`).toMatch(/: ./);
});

test('each endpoint of 2017 names tests that are there', () => {
  for (const endpoint of OF_2017) {
    const row = rows.find(({ route, cells }) => route === endpoint && cells.length > 1);
    const files = [...(row?.cells[1] ?? '').matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file]) => file ?? '');
    expect(`${endpoint}: ${files.length}`).not.toBe(`${endpoint}: 0`);
    for (const file of files) expect(`${file}: ${existsSync(join(repository, file))}`).toBe(`${file}: true`);
  }
});
