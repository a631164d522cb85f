import type { Page } from 'playwright-core';
import { EVIL, EVIL_FILE, EVIL_REF, type HostileScene } from './hostile-scene.ts';

const inProject = (rest: string) => (scene: HostileScene) => `${scene.project}/-/${rest}`;
const ofPipeline = (view: string) => (scene: HostileScene) =>
  `${scene.project}/-/pipelines/${scene.pipeline}?view=${view}`;
const ofJob =
  (job: keyof HostileScene['jobs'], rest = '') =>
  (scene: HostileScene) =>
    `${scene.project}/-/jobs/${scene.jobs[job]}${rest}`;
const encoded = encodeURIComponent(EVIL_FILE);

/** Pages that show hostile names: what each is, its address, and what is opened there. */
export const HOSTILE_PAGES: [string, (scene: HostileScene) => string, ((page: Page) => Promise<unknown>)?][] =
  [
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
    [
      'variables',
      inProject('settings/ci_cd'),
      (page) => page.getByRole('button', { name: /^Reveal/ }).click(),
    ],
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
