import { availableParallelism } from 'node:os';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import type { JobBody } from '../support/job-scenes.ts';
import { bootServer, type TestServer } from '../support/server.ts';

const JOBS = 30;
const READERS = 8;

const configuration = `
work:
  script: exit 0
  when: manual
  parallel: ${JOBS}
`;

describe.each(databases)('pages of jobs that many ask for at once, on %s', (kind) => {
  let server: TestServer;
  let at: string;
  let jobs: Awaited<ReturnType<typeof page>>;

  /** What each job of the first page is, but for how long it waits: that goes on. */
  const page = async () => {
    const { body } = await server.api<JobBody[]>('GET', `${at}/jobs?per_page=20`);
    return body.map((job) => ({ ...job, queued_duration: null }));
  };

  /** Readers ask for pages, one after another each, for as long as `work` takes. Answers what they have seen. */
  async function underLoad(work: () => Promise<void>): Promise<unknown[]> {
    const over = new AbortController();
    const seen: Awaited<ReturnType<typeof page>>[] = [];
    const reader = async () => {
      while (!over.signal.aborted) seen.push(await page());
    };
    const readers = Array.from({ length: READERS }, reader);
    await work().finally(() => over.abort());
    await Promise.all(readers);
    return seen;
  }

  const threads = async () => {
    const metrics = await (await fetch(`${server.url}/-/metrics`)).text();
    return Number(/^jobyard_page_threads (\d+)$/m.exec(metrics)?.[1]);
  };

  async function untilThreads(): Promise<void> {
    const end = Date.now() + 60_000;
    while ((await threads()) === 0) if (Date.now() > end) throw new Error('no thread was started');
  }

  /** Asks for a page, and is gone before it comes. */
  const hangUp = async () => {
    const gone = new AbortController();
    const asked = fetch(`${server.url}/api/v4${at}/jobs`, {
      headers: { 'PRIVATE-TOKEN': server.rootToken },
      signal: gone.signal,
    });
    setTimeout(() => gone.abort(), 1);
    await asked.catch(() => {});
  };

  beforeAll(async () => {
    server = await bootServer({ database: kind });
    const project = await server.api<{ id: number }>('POST', '/projects', { body: { name: 'many' } });
    at = `/projects/${project.body.id}`;
    await server.api('POST', `${at}/repository/files/.gitlab-ci.yml`, {
      body: { branch: 'main', commit_message: 'Many jobs', content: configuration },
    });
    jobs = await page();
    if (jobs.length !== 20) throw new Error(`there are ${jobs.length} jobs`);
  });

  test('all of them get the page that one alone gets', async () => {
    const work =
      kind === 'sqlite' && availableParallelism() > 1 ? untilThreads : async () => void (await page());
    const seen = await underLoad(async () => {
      await work();
      for (let time = 0; time < 20; time++) await page();
    });
    expect(seen.length).toBeGreaterThan(READERS);
    for (const each of seen) expect(each).toEqual(jobs);
  });

  test('a job that was just played stands in the next page as it is now', async () => {
    const played: string[] = [];
    await underLoad(async () => {
      for (const { id } of jobs) {
        await server.api('POST', `${at}/jobs/${id}/play`);
        played.push((await page()).find((job) => job.id === id)?.status ?? 'missing');
      }
    });
    expect(played).toEqual(jobs.map(() => 'pending'));
  });

  test('whoever hangs up in the middle leaves the others their pages', async () => {
    const now = await page();
    const seen = await underLoad(async () => {
      for (let time = 0; time < 50; time++) await hangUp();
    });
    for (const each of seen) expect(each).toEqual(now);
  });
});
