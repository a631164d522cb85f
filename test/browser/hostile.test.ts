import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';
import { zipOf } from '../support/zip.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { mixedLines } from './support/mixed-lines.ts';
import { unmarkedTexts } from './support/unmarked-texts.ts';

/** Turns what follows it, and is an element for whoever takes it for HTML. */
const EVIL = '\u202Eevil<img src=x onerror=window.hurt=1>';
/** The same where neither spaces nor some other characters may be. */
const EVIL_REF = '\u202Eevil<img/src=x/onerror=window.hurt=1>';
const EVIL_FILE = '\u202Eevil<img src=x onerror=window.hurt=1>.txt';
/** Where only letters may be. */
const HEBREW = 'שלום 12';
/** What git makes of it as a name of somebody. */
const EVIL_AUTHOR = EVIL.replaceAll(/[<>]/g, '');
const LATER = `${EVIL} later`;
const TAG = `${EVIL_REF}/tag`;
const VALUES = [EVIL, LATER, EVIL_REF, TAG, EVIL_FILE, EVIL_AUTHOR, ...EVIL_REF.split('/')];

const yaml = (text: string) => JSON.stringify(text);
const CONFIGURATION = `
spec:
  inputs:
    place: { description: ${yaml(EVIL)}, default: ${yaml(EVIL)}, options: [${yaml(EVIL)}, other] }
---
workflow: { name: ${yaml(EVIL)} }
stages: [${yaml(EVIL)}, later]
variables:
  SHOWN: { value: ${yaml(EVIL)}, description: ${yaml(EVIL)} }
${yaml(EVIL)}:
  stage: ${yaml(EVIL)}
  tags: [simulated, ${yaml(EVIL)}]
  rules: [{ if: $SHOWN }]
  script: ["true"]
by hand:
  stage: ${yaml(EVIL)}
  when: manual
  manual_confirmation: ${yaml(EVIL)}
  tags: [simulated]
  script: ["true"]
${yaml(LATER)}:
  stage: later
  needs: [${yaml(EVIL)}]
  tags: [nobody, ${yaml(EVIL)}]
  script: ["true"]
`;
const JUNIT = `<testsuite name="s"><testcase name="${escaped(EVIL)}" classname="${escaped(EVIL)}" file="${escaped(EVIL)}" time="1">
<failure>${escaped(EVIL)}</failure></testcase></testsuite>`;

function escaped(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

interface Scene {
  project: string;
  pipeline: number;
  /** A pipeline with variables of its own. */
  given: number;
  /** The second attempt of the job that failed. */
  again: number;
  /** That fails, that waits, and that is played by hand. */
  jobs: { failed: number; waiting: number; manual: number };
  sha: string;
}

/** Everything that people and programs may name, named so as to do harm. */
async function seed({ api, url }: TestServer): Promise<Scene> {
  const made = async <Body = { id: number }>(path: string, body: object): Promise<Body> => {
    const reply = await api<Body>('POST', path, { body });
    expect(reply.status, `${path}: ${JSON.stringify(reply.body)}`).toBeLessThan(300);
    return reply.body;
  };
  await nameRoot(api);
  const group = await made('/groups', { name: HEBREW, path: 'evil', description: EVIL });
  await made('/groups', { name: HEBREW, path: 'inner', parent_id: group.id, description: EVIL });
  const { id } = await made('/projects', {
    name: HEBREW,
    path: 'project',
    namespace_id: group.id,
    description: EVIL,
  });
  const at = `/projects/${id}`;
  const runner = await made<{ id: number; token: string }>('/user/runners', {
    runner_type: 'project_type',
    project_id: id,
    description: EVIL,
    maintenance_note: EVIL,
    tag_list: `simulated,${EVIL}`,
  });
  for (const owner of [at, `/groups/${group.id}`, '/admin/ci'])
    await made(`${owner}/variables`, { key: 'OPEN', value: EVIL, description: EVIL });
  const commit = (branch: string, content: string) =>
    made<{ id: string }>(`${at}/repository/commits`, {
      branch,
      ...(branch !== 'main' && { start_branch: 'main' }),
      commit_message: `${EVIL}\n\n${EVIL}`,
      author_name: EVIL,
      author_email: 'evil@example.org',
      actions: [
        { action: branch === 'main' ? 'create' : 'update', file_path: '.gitlab-ci.yml', content },
        ...(branch === 'main'
          ? [
              { action: 'create', file_path: 'README.md', content: `${EVIL}\n\n\`${EVIL}\`\n` },
              {
                action: 'create',
                file_path: EVIL_FILE,
                content: `${EVIL}\nif admin\u2066 # \u2069\u200B then\n`,
              },
            ]
          : []),
      ],
    });
  const { id: sha } = await commit('main', CONFIGURATION);
  const [pipeline] = (await api<{ id: number }[]>('GET', `${at}/pipelines`)).body;
  const jobs = (await api<{ id: number; name: string }[]>('GET', `${at}/pipelines/${pipeline?.id}/jobs`))
    .body;
  const of = (name: string) => jobs.find((job) => job.name === name)?.id ?? 0;
  const info = { version: EVIL, platform: EVIL, architecture: EVIL, executor: EVIL };
  const verified = await api('POST', '/runners/verify', {
    token: null,
    body: { token: runner.token, system_id: EVIL, info },
  });
  expect(verified.status, JSON.stringify(verified.body)).toBe(200);
  const machine = new SimulatedRunner(url, runner.token);
  const { job } = await machine.request();
  if (!job) throw new Error('there is no job to take');
  await machine.running(job);
  await machine.patch(job, `${EVIL}\n`);
  await machine.artifact(
    job,
    await zipOf({ [EVIL_FILE]: EVIL, [`evil/${EVIL_FILE}`]: EVIL }),
    {},
    `${EVIL_FILE}.zip`,
  );
  const junit = { artifact_type: 'junit', artifact_format: 'gzip' };
  await machine.artifact(job, gzipSync(JUNIT), junit, 'junit.xml.gz');
  await machine.finish(job, 'failed', `${EVIL}\n`);
  await commit(EVIL_REF, `${yaml(EVIL)}: { stage: ${yaml(EVIL)} }`);
  await made(`${at}/repository/tags`, { tag_name: TAG, ref: 'main' });
  const variables = [{ key: 'GIVEN', value: EVIL }];
  const given = await made(`${at}/pipeline`, { ref: 'main', variables });
  const again = await made(`${at}/jobs/${of(EVIL)}/retry`, { job_variables_attributes: variables });
  return {
    project: '/evil/project',
    pipeline: pipeline?.id ?? 0,
    given: given.id,
    again: again.id,
    jobs: { failed: of(EVIL), waiting: of(LATER), manual: of('by hand') },
    sha,
  };
}

/** The name of whoever pushes, and runs, and looks. */
async function nameRoot(api: Api): Promise<void> {
  const { body: root } = await api<{ id: number }>('GET', '/user');
  const reply = await api('PUT', `/users/${root.id}`, { body: { name: EVIL } });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
}

const inProject = (rest: string) => (scene: Scene) => `${scene.project}/-/${rest}`;
const ofPipeline = (view: string) => (scene: Scene) =>
  `${scene.project}/-/pipelines/${scene.pipeline}?view=${view}`;
const ofJob =
  (job: keyof Scene['jobs'], rest = '') =>
  (scene: Scene) =>
    `${scene.project}/-/jobs/${scene.jobs[job]}${rest}`;
const encoded = encodeURIComponent(EVIL_FILE);

const PAGES: [string, (scene: Scene) => string, ((page: Page) => Promise<unknown>)?][] = [
  ['projects', () => '/'],
  ['groups', () => '/dashboard/groups'],
  ['a group', () => '/groups/evil'],
  ['a project', ({ project }) => project],
  ['a folder', inProject('tree/main')],
  ['a file', inProject(`blob/main/${encoded}`)],
  ['what is at no ref', inProject(`tree/${encodeURIComponent(EVIL)}`)],
  ['branches', inProject('branches')],
  [
    'the question before a branch is deleted',
    inProject('branches'),
    (page) =>
      page
        .getByRole('button', { name: /^Delete/ })
        .first()
        .click(),
  ],
  [
    'branches and tags to choose from',
    inProject('tree/main'),
    (page) => page.getByRole('button', { name: /^Branch or tag/ }).click(),
  ],
  ['commits', inProject('commits/main')],
  ['a commit', ({ project, sha }) => `${project}/-/commit/${sha}`],
  ['pipelines', inProject('pipelines')],
  ['a form for a pipeline', inProject('pipelines/new?ref=main')],
  ['a form for one that cannot be', inProject(`pipelines/new?ref=${encodeURIComponent(EVIL_REF)}`)],
  ['the graph by stages', ofPipeline('graph')],
  ['the graph by needs', ofPipeline('needs')],
  ['the timeline', ofPipeline('timeline')],
  ['the jobs of a pipeline', ofPipeline('jobs')],
  [
    'tests',
    ofPipeline('tests&tests=all'),
    (page) =>
      page
        .locator('details')
        .evaluateAll((all) => all.forEach((each) => ((each as HTMLDetailsElement).open = true))),
  ],
  [
    'why',
    ofPipeline('why'),
    (page) =>
      page
        .locator('details')
        .evaluateAll((all) => all.forEach((each) => ((each as HTMLDetailsElement).open = true))),
  ],
  ['the configuration', ofPipeline('yaml')],
  ['variables of a pipeline', ({ project, given }) => `${project}/-/pipelines/${given}?view=variables`],
  ['jobs', inProject('jobs')],
  ['a job that failed', ofJob('failed')],
  [
    'attempts side by side',
    ({ project, again, jobs }) => `${project}/-/jobs/${again}?compare=${jobs.failed}-${again}`,
    (page) => page.getByText('GIVEN').first().waitFor(),
  ],
  ['a job that waits', ofJob('waiting')],
  ['a job to be played', ofJob('manual')],
  [
    'what is asked before one plays it',
    ofJob('manual'),
    (page) => page.getByRole('button', { name: 'Play', exact: true }).click(),
  ],
  [
    'the form of its variables',
    ofJob('manual'),
    async (page) => {
      await page.getByRole('button', { name: /with variables/ }).click();
      await page.getByRole('menuitem').first().click();
    },
  ],
  ['artifacts', ofJob('failed', '/artifacts/browse')],
  ['an artifact', ofJob('failed', `/artifacts/browse/${encoded}`)],
  [
    'runners',
    inProject('runners?'),
    (page) => page.getByRole('button', { name: 'Machines' }).first().click(),
  ],
  [
    'the question before a runner is deleted',
    inProject('runners'),
    async (page) => {
      await page
        .getByRole('button', { name: /^More of/ })
        .first()
        .click();
      await page.getByRole('menuitem', { name: 'Delete…' }).click();
    },
  ],
  ['runners of a group', () => '/groups/evil/-/runners'],
  ['runners of the server', () => '/admin/runners'],
  ['variables', inProject('settings/ci_cd'), (page) => page.getByRole('button', { name: /^Reveal/ }).click()],
  [
    'the form of a variable',
    inProject('settings/ci_cd'),
    (page) => page.getByRole('button', { name: /^Edit/ }).click(),
  ],
  ['variables of a group', () => '/groups/evil/-/settings/ci_cd'],
  [
    'the palette',
    ({ project }) => project,
    async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByLabel('Command', { exact: true }).fill('project');
    },
  ],
  ['the account', () => '/', (page) => page.getByRole('button', { name: /: account$/ }).click()],
];

describeInBrowser('hostile names', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    if (!hasBrowser) return;
    server = await bootServer();
    scene = await seed(server);
  }, 60_000);

  test(
    'do nothing, are seen for what they are, and turn no text but their own, on any page',
    { timeout: 180_000 },
    async () => {
      const page = await visit(server);
      // The page of a job that waits never is idle: it follows the log.
      const settled = () => page.waitForLoadState('networkidle', { timeout: 1000 }).catch(() => {});
      const found: Record<string, unknown> = {};
      for (const [name, address, act] of PAGES) {
        await page.goto(address(scene));
        await page.getByRole('heading').first().waitFor();
        await settled();
        await act?.(page);
        await settled();
        const lines = await mixedLines(page, VALUES);
        const unmarked = await unmarkedTexts(page);
        const images = await page.locator('img[src^="x"]').count();
        const hurt = await page.evaluate(() => 'hurt' in window);
        const turned = /[\u202a-\u202e\u2066-\u2069]/.test(await page.title());
        if (lines.length > 0 || unmarked.length > 0 || images > 0 || hurt || turned)
          found[name] = { lines, unmarked, images, hurt, turned };
      }
      expect(found).toEqual({});
    },
  );

  test('in code are seen: what is not seen by itself has a mark with its code', async () => {
    const page = await visit(server);
    await page.goto(`${scene.project}/-/blob/main/${encoded}`);
    await page.getByText('change the order in which others are shown').waitFor();
    const marks = page.locator('[data-line] [data-code]');
    const shown = await marks.evaluateAll((all) =>
      all.map((each) => getComputedStyle(each, '::before').content),
    );
    expect(shown).toEqual(['"U+202E"', '"U+2066"', '"U+2069"', '"U+200B"']);
    // And is copied as it is.
    expect(await page.locator('[data-line="2"] code').textContent()).toBe(
      'if admin\u2066 # \u2069\u200B then',
    );
    await page.goto(`${scene.project}/-/pipelines/${scene.pipeline}?view=yaml`);
    await page.getByText('U+202E').first().waitFor();
  });
});
