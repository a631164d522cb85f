import { createHash } from 'node:crypto';
import type { Api } from '../support/api.ts';
import { fetchBytes } from '../support/fetch-bytes.ts';
import type { Found } from './find-losses.ts';
import { until } from '../support/until.ts';
import type { Deed } from './ledger.ts';

interface Yard {
  url: string;
  rootToken: string;
  api: Api;
}

/** What can be seen at once of a project: its branches, pipelines and jobs. */
export async function survey(
  server: Yard,
  project: number,
): Promise<Pick<Found, 'refs' | 'pipelines' | 'jobs'>> {
  const at = `/projects/${project}`;
  const branches = await all<{ name: string; commit: { id: string } }>(server, `${at}/repository/branches`);
  const jobs = await all<{ id: number; status: string }>(server, `${at}/jobs`);
  return {
    refs: new Map(branches.map(({ name, commit }) => [name, commit.id])),
    pipelines: await all(server, `${at}/pipelines`),
    jobs: new Map(jobs.map(({ id, status }) => [id, status])),
  };
}

/** All of a project that the deeds speak of, the bytes of logs and artifacts too. */
export async function look(server: Yard, project: number, deeds: readonly Deed[]): Promise<Found> {
  const at = `/projects/${project}`;
  const { body } = await available(() => server.api<{ description: string | null }>('GET', at));
  const named = (kind: Deed['kind']) =>
    new Set(deeds.flatMap((deed) => (deed.kind === kind && 'job' in deed ? [deed.job] : [])));
  const logs = new Map<number, Buffer>();
  for (const job of named('logged')) {
    const { status, bytes } = await available(() => fetchBytes(server, `${at}/jobs/${job}/trace`));
    if (status === 200) logs.set(job, bytes);
  }
  const artifacts = new Map<number, string>();
  for (const job of named('uploaded')) {
    const { status, bytes } = await available(() => fetchBytes(server, `${at}/jobs/${job}/artifacts`));
    if (status === 200) artifacts.set(job, createHash('sha256').update(bytes).digest('hex'));
  }
  const settings = new Map([[`description of ${project}`, body.description ?? '']]);
  return { ...(await survey(server, project)), logs, artifacts, settings };
}

/** What a server that cannot answer just now answers later: that is no loss. */
const available = <Reply extends { status: number }>(ask: () => Promise<Reply>): Promise<Reply> =>
  until('it is available', async () => {
    const reply = await ask();
    return reply.status === 503 ? undefined : reply;
  });

async function all<Item>({ api }: Yard, path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let page = 1; ; page += 1) {
    const { status, body } = await available(() => api<Item[]>('GET', `${path}?per_page=100&page=${page}`));
    if (status !== 200) throw new Error(`${path} answers ${status}: ${JSON.stringify(body)}`);
    items.push(...body);
    if (body.length < 100) return items;
  }
}
