import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Api } from '../../support/api.ts';
import { until } from '../../support/until.ts';

const FILES = join(import.meta.dirname, 'demo');

export interface Demo {
  group: string;
  /** `acme/web-shop` */
  path: string;
  /** Its newest commit. */
  sha: string;
  /** A pipeline of each kind, by id. */
  pipelines: Record<'green' | 'failed' | 'byHand' | 'running', number>;
  /** Jobs of most by name. */
  jobs: Record<'green' | 'failed' | 'running', Record<string, number>>;
  /** The first attempt of `unit 2/3` in the failed one. */
  firstAttempt: number;
}

interface Pipeline {
  id: number;
  status: string;
}

/**
 * A group with a project whose pipelines have everything that pages show: stages, needs, a matrix, a child, reports, an
 * allowed failure, a manual job, a second attempt. Needs a server with its built-in runner, and takes it half a minute.
 */
export async function seedDemo(api: Api): Promise<Demo> {
  const made = async <Body = { id: number }>(path: string, body: object): Promise<Body> => {
    const reply = await api<Body>('POST', path, { body });
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    return reply.body;
  };
  const group = await made('/groups', { name: 'Acme', path: 'acme', visibility: 'private' });
  for (const name of ['Firmware', 'Handbook', 'Payments'])
    await made('/projects', { name, namespace_id: group.id, initialize_with_readme: true });
  await made('/projects', { name: 'Empty', path: 'empty', namespace_id: group.id });
  const shop = await made('/projects', {
    name: 'Web shop',
    path: 'web-shop',
    namespace_id: group.id,
    description: 'What a visitor of the shop sees, and the basket behind it',
  });
  const at = `/projects/${shop.id}`;
  const registry = { key: 'REGISTRY', value: 'registry.example.org', description: 'Where images go' };
  await made(`/groups/${group.id}/variables`, registry);
  await made('/admin/ci/variables', { key: 'COMPANY_PROXY', value: 'http://proxy.example.org:3128' });
  await made(`${at}/variables`, {
    key: 'DEPLOY_KEY',
    value: 'a-key-of-the-demo',
    masked: true,
    protected: true,
  });
  await made(`${at}/variables`, {
    key: 'SHOP_URL',
    value: 'https://staging.example.org',
    environment_scope: 'staging',
  });
  const commit = async (commit_message: string, actions: object[]): Promise<number> => {
    await made(`${at}/repository/commits`, { branch: 'main', commit_message, actions });
    const { body } = await api<Pipeline[]>('GET', `${at}/pipelines?ref=main&source=push`);
    return body[0]?.id ?? 0;
  };
  const ends = async (id: number) =>
    until(
      `pipeline ${id} ends`,
      async () => {
        const { status } = (await api<Pipeline>('GET', `${at}/pipelines/${id}`)).body;
        return /success|failed|canceled/.test(status) ? status : undefined;
      },
      120,
    );
  const jobsOf = async (id: number) => {
    const { body } = await api<{ id: number; name: string }[]>(
      'GET',
      `${at}/pipelines/${id}/jobs?per_page=100`,
    );
    return Object.fromEntries(body.map((job) => [job.name, job.id]));
  };
  /** With more to read in its log than the first attempt has. */
  const tryAgain = async (pipeline: number, name: string): Promise<number> => {
    const first = (await jobsOf(pipeline))[name] ?? 0;
    const job_variables_attributes = [{ key: 'LOG_LEVEL', value: 'debug' }];
    const { id } = await made(`${at}/jobs/${first}/retry`, { job_variables_attributes });
    await until(
      `job ${id} ends`,
      async () =>
        (await api<{ status: string }>('GET', `${at}/jobs/${id}`)).body.status === 'failed' || undefined,
      120,
    );
    return first;
  };
  const files = readdirSync(FILES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const green = await commit(
    'Sell things',
    files.map((file) => ({
      action: 'create',
      file_path: file.slice(FILES.length + 1),
      content: readFileSync(file, 'utf8'),
    })),
  );
  await ends(green);
  const failed = await commit('Refund what was discounted', [
    { action: 'create', file_path: 'broken', content: 'yes\n' },
  ]);
  await ends(failed);
  const firstAttempt = await tryAgain(failed, 'unit 2/3');
  const variables = [{ key: 'SHOP_LANGUAGE', value: 'fr' }];
  const { id: byHand } = await made(`${at}/pipeline`, { ref: 'main', variables });
  const canceled = await api('POST', `${at}/pipelines/${byHand}/cancel`);
  expect(canceled.status).toBe(200);
  const running = await commit('Refunds are whole again', [
    { action: 'delete', file_path: 'broken' },
    {
      action: 'update',
      file_path: 'ci/smoke.sh',
      content: readFileSync(join(FILES, 'ci/smoke.sh'), 'utf8').replace(':-0', ':-60'),
    },
  ]);
  const { sha } = (await api<{ sha: string }>('GET', `${at}/pipelines/${running}`)).body;
  return {
    group: 'acme',
    path: 'acme/web-shop',
    sha,
    pipelines: { green, failed, byHand, running },
    jobs: { green: await jobsOf(green), failed: await jobsOf(failed), running: await jobsOf(running) },
    firstAttempt,
  };
}
